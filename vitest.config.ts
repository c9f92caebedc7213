import { defineConfig } from 'vitest/config'

const exclude = ['**/node_modules/**', '**/dist/**']
/** Browsers take their time: with CI=true, or when somebody asks for the suite by its name. */
const withBrowser = process.env['CI'] === 'true' || process.argv.some((word) => word.startsWith('web'))
if (!withBrowser)
  process.stderr.write(
    'The pages are NOT tested in a browser here: `CI=true npm test` does it, and `npx vitest run web` nothing else.\n',
  )

export default defineConfig({
  test: {
    isolate: false,
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: { name: 'code', include: ['api/**/*.test.ts', 'server/**/*.test.ts', 'web/src/**/*.test.ts'], exclude },
      },
      ...(withBrowser
        ? [
            {
              extends: true as const,
              test: {
                name: 'web',
                include: ['web/test/**/*.test.ts'],
                exclude,
                globalSetup: ['web/test/made-sample.ts'],
                maxWorkers: 1,
                sequence: { groupOrder: 1 },
                testTimeout: 180_000,
              },
            },
          ]
        : []),
    ],
  },
})
