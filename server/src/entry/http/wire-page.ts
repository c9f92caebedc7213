import type { Page } from '../../kernel/page.ts'

/** A page as it crosses the wire, its items by `wire`. */
export const wirePage = <T, W>({ items, next }: Page<T>, wire: (item: T) => W) => ({
  items: items.map(wire),
  ...(next === undefined ? {} : { next }),
})
