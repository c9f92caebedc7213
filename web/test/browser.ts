/** A real Chromium: the one that CHROME names, else the one that comes with npm. */
import sparticuz from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

/** Undefined where there is none, with a word on the console that nobody overlooks. */
export async function openBrowser(): Promise<Browser | undefined> {
  try {
    const executablePath = process.env['CHROME'] ?? (await sparticuz.executablePath())
    return await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  } catch (error) {
    if (process.env['CI'] === 'true') throw error
    console.error(
      `\n!!! NO BROWSER: the pages are NOT tested. Set CHROME to a Chromium, or run npm ci on x64 Linux.\n!!! ${String(error).split('\n')[0]}\n`,
    )
    return undefined
  }
}
