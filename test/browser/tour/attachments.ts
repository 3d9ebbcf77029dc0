import type { Page } from 'playwright-core'
import { lockedPdf, pdfOf } from '../../kit/pdf.ts'
import type { House } from './house.ts'

/** Files beside a question: held over the page, ready and refused, sent, and read again. */
export async function attachments(house: House): Promise<void> {
  const [ana, bo] = await house.people()
  const composer = ana.getByRole('textbox', { name: 'Prompt' })
  const over = ana.getByRole('main', { name: 'Transcript' })
  const held = await ana.evaluateHandle(() => {
    const transfer = new DataTransfer()
    transfer.items.add(new File(['x'], 'x.txt'))
    return transfer
  })
  await ana.getByRole('button', { name: 'Attach files' }).waitFor()
  await over.dispatchEvent('dragover', { dataTransfer: held })
  await ana.getByText('Drop to attach').waitFor()
  await house.visit(ana, 'drop-files')
  await over.dispatchEvent('dragleave', { dataTransfer: held })

  await choose(ana, [
    ['plan.txt', Buffer.from('We ship on Thursday\nThe budget is forty boxes')],
    ['Findings of the third quarter, second draft.pdf', pdfOf(['Findings of the quarter', 'Nothing broke'])],
    ['salaries.pdf', lockedPdf()],
  ])
  const chips = ana.getByRole('list', { name: 'Attached' })
  await ana.getByText('This PDF is locked with a password.').waitFor()
  await chips.getByRole('button', { name: /^Findings/ }).waitFor()
  await composer.fill('many words '.repeat(6_500))
  await ana.getByText('Too long for a prompt').waitFor()
  await house.visit(ana, 'attached')
  await ana.getByRole('button', { name: 'Remove salaries.pdf' }).click()
  await composer.fill('What is the budget?')
  await composer.press('Enter')
  await chips.waitFor({ state: 'detached' })
  await ana.getByText('Closest to the question').waitFor()
  await ana.getByRole('region', { name: 'Queue' }).waitFor({ state: 'hidden' })
  await house.visit(ana, 'attachments')
  const question = bo.getByRole('article', { name: 'Ana asks' }).filter({ hasText: 'What is the budget?' })
  await question.getByRole('button', { name: /^Findings/ }).click()
  await bo.getByRole('dialog').getByText('Nothing broke').waitFor()
  await house.visit(bo, 'attachment')
  await bo.keyboard.press('Escape')
  await ana.getByRole('button', { name: 'What the assistant sees for you' }).click()
  await ana.getByRole('heading', { name: 'Attached in this session' }).scrollIntoViewIfNeeded()
  await house.visit(ana, 'attached-list')
}

async function choose(page: Page, files: [string, Buffer][]): Promise<void> {
  await page
    .getByLabel('Files to attach')
    .setInputFiles(files.map(([name, buffer]) => ({ name, mimeType: '', buffer })))
}
