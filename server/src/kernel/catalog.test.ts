import { expect, test } from 'vitest'
import { createCatalog } from './catalog.ts'

test('an unknown part is refused with the names that exist', () => {
  const catalog = createCatalog('measure', [{ id: 'psi' }, { id: 'hellinger' }])
  expect(catalog.get('psi').id).toBe('psi')
  expect(catalog.find('toString')).toBeUndefined()
  expect(() => catalog.get('pis')).toThrow(
    expect.objectContaining({ code: 'PART_UNKNOWN', status: 422, hint: 'Use one of: hellinger, psi.' }),
  )
})

test('two parts with one id stop the program', () => {
  expect(() => createCatalog('measure', [{ id: 'psi' }, { id: 'psi' }])).toThrow(/Two measures are called "psi"/)
})
