import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { lockedPdf, pdfOf } from '../kit/pdf.ts'
import { composer, openWindow, ready, stage, useBrowser } from './stage.ts'

const SOON = { timeout: 20_000 }

describe.skipIf(await missingBrowser())('attachments in the workspace', () => {
  const browser = useBrowser()

  it('[U50] a text and a PDF go along with a question, the answer draws on them, and its readers open them', async () => {
    const on = await stage(0)
    const [ana, bo] = await Promise.all(
      on.links.slice(0, 2).map(async ({ url }) => {
        const page = await openWindow(browser(), url)
        await ready(page)
        return page
      }),
    )
    if (!ana || !bo) return expect.unreachable('two windows were opened')

    await drop(ana, [
      { name: 'plan\u202e.txt', text: 'We ship on Thursday\nThe budget is forty boxes' },
      { name: 'report.pdf', text: pdfOf(['Findings of the quarter', 'Nothing broke']).toString('latin1') },
    ])
    const chips = ana.getByRole('list', { name: 'Attached' })
    await chips.getByRole('button', { name: 'report.pdf', exact: true }).waitFor(SOON)
    await chips.getByRole('button', { name: 'plan.txt', exact: true }).waitFor()
    // Nobody else has it before it is sent, and a reload loses nothing.
    expect(await bo.getByText('plan.txt').count()).toBe(0)
    await ana.reload()
    await ready(ana)
    await chips.getByRole('button', { name: 'report.pdf', exact: true }).waitFor()
    await composer(ana).fill('What is the budget?')
    await composer(ana).press('Enter')
    await chips.waitFor({ state: 'detached' })

    const answer = bo.getByRole('article', { name: 'Answer for Ana' }).last()
    await answer.getByText('The budget is forty boxes').first().waitFor(SOON)
    await answer.getByText('Findings of the quarter').waitFor()
    const question = bo.getByRole('article', { name: 'Ana asks' }).filter({ hasText: 'What is the budget?' })
    const chip = question.getByRole('button', { name: 'report.pdf' })
    await chip.click()
    const preview = bo.getByRole('dialog', { name: 'report.pdf' })
    await preview.getByText('Nothing broke').waitFor()
    await preview.getByText('Everyone in the session').waitFor()
    await bo.keyboard.press('Escape')
    await expect.poll(() => chip.evaluate((element) => element === document.activeElement)).toBe(true)

    await ana.getByRole('button', { name: /^Who reads/ }).click()
    await ana.getByText('Only me').click()
    await ana.keyboard.press('Escape')
    await drop(ana, [{ name: 'canary-own.txt', text: 'canary-words' }])
    await chips.getByRole('button', { name: 'canary-own.txt', exact: true }).waitFor(SOON)
    await composer(ana).press('Enter')
    await ana
      .getByRole('article', { name: 'Answer for Ana, only you read this' })
      .last()
      .getByText('canary-words')
      .first()
      .waitFor(SOON)
    await bo.getByRole('button', { name: 'What the assistant sees for you' }).click()
    const attached = bo
      .getByRole('complementary')
      .getByRole('button', { name: /^report\.pdf Everyone in the session/ })
    await attached.waitFor()
    expect(await bo.getByText('canary').count()).toBe(0)
  })

  it('[U52] what cannot be attached says why, two hundred files are too many, and a long text becomes a file', async () => {
    const on = await stage(0)
    const ana = await openWindow(browser(), on.links[0]?.url ?? '', { quiet: true })
    await ready(ana)
    await drop(ana, [
      { name: 'locked.pdf', text: lockedPdf().toString('latin1') },
      { name: 'image.png', text: 'x', type: 'image/png' },
    ])
    await ana.getByText('This PDF is locked with a password.').waitFor(SOON)
    await ana.getByText('Only texts and PDFs can be attached.').waitFor()
    await composer(ana).fill('Read this')
    const send = ana.getByRole('button', { name: 'Remove what could not be attached' })
    expect(await send.isDisabled()).toBe(true)
    for (const name of ['locked.pdf', 'image.png'])
      await ana.getByRole('button', { name: `Remove ${name}` }).click()
    await ana.getByRole('button', { name: 'Send the prompt' }).waitFor()

    await drop(
      ana,
      Array.from({ length: 200 }, (_, i) => ({ name: `${i}.txt`, text: `number ${i}` })),
    )
    await ana.getByText('At most 20 files go along with a prompt: 180 files were left out.').waitFor()
    await expect
      .poll(() => ana.getByRole('list', { name: 'Attached' }).getByRole('listitem').count())
      .toBe(20)
    await ana.getByRole('button', { name: 'Send the prompt' }).waitFor(SOON)
    for (let i = 0; i < 20; i++)
      await ana
        .getByRole('button', { name: /^Remove \d+\.txt$/ })
        .first()
        .click()

    await composer(ana).fill(`${'many words '.repeat(8_000)}`)
    await ana.getByText('Too long for a prompt: at most 64 kB.').waitFor()
    await ana.getByRole('button', { name: 'Attach it as a file' }).click()
    await ana.getByRole('button', { name: 'Pasted text.txt', exact: true }).waitFor(SOON)
    expect(await composer(ana).inputValue()).toBe('')
  })
})

interface Dropped {
  name: string
  /** Its bytes, as Latin-1. */
  text: string
  type?: string
}

/** Drops files on the transcript, as the system's file window does. */
async function drop(page: Page, files: Dropped[]): Promise<void> {
  const data = await page.evaluateHandle((given) => {
    const transfer = new DataTransfer()
    for (const { name, text, type } of given) {
      const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0))
      transfer.items.add(new File([bytes], name, { type: type ?? '' }))
    }
    return transfer
  }, files)
  const over = page.getByRole('main', { name: 'Transcript' })
  await page.getByRole('button', { name: 'Attach files' }).waitFor()
  await over.dispatchEvent('dragover', { dataTransfer: data })
  await page.getByText('Drop to attach').waitFor()
  await over.dispatchEvent('drop', { dataTransfer: data })
  await page.getByText('Drop to attach').waitFor({ state: 'detached' })
}
