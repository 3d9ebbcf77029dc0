import type { Page } from 'playwright-core'
import { ask } from '../pages.ts'
import { act, expand } from './acts.ts'
import type { House } from './house.ts'

/** What some ask among themselves, share, fork, and keep for answers to consult. */
export async function audiences(house: House): Promise<void> {
  const [ana, bo] = await house.people()
  await readersOf(ana)
  await ana.getByText('Some people').click()
  await ana.getByRole('checkbox', { name: 'Bo' }).check()
  await house.visit(ana, 'readers')
  await ana.keyboard.press('Escape')
  await ask(ana, 'Between us: is Thursday still real?')
  await bo.getByRole('article', { name: 'Answer for Ana, you and Ana read this' }).waitFor()
  await readersOf(ana)
  await ana.getByText('Only me').click()
  await ask(ana, 'What would we lose by waiting a week?')
  const own = ana.getByRole('article', { name: 'Ana asks, only you read this' }).last()
  await own.getByText('What would we lose').waitFor()
  await ana
    .getByRole('article', { name: 'Answer for Ana, only you read this' })
    .last()
    .getByText('offline')
    .last()
    .waitFor()
  await house.visit(ana, 'private')
  await house.visit(bo, 'private-of-two')
  // What streams moves what is above it.
  await ana.getByRole('region', { name: 'Queue' }).waitFor({ state: 'hidden' })
  await act(own, 'Share with others')
  const share = ana.getByRole('dialog', { name: 'Share your question' })
  await share.getByText('Some people').click()
  await share.getByRole('checkbox', { name: 'Cy' }).check()
  await house.visit(ana, 'share-message')
  await share.getByRole('button', { name: 'Cancel' }).click()
  await act(own, 'Fork from here')
  await ana.getByRole('dialog', { name: 'Fork from here' }).waitFor()
  await house.visit(ana, 'fork')
  await ana.keyboard.press('Escape')
  await resources(house, ana)
  await ana.getByRole('region', { name: 'Queue' }).waitFor({ state: 'hidden' })
  await ask(ana, '/write 3000')
  await ask(ana, 'And then?')
  await ana.getByText('Answering you').first().waitFor()
  await expand(ana)
  await house.visit(ana, 'private-queue')
  await ana.getByRole('button', { name: 'Withdraw' }).click()
  await ana.getByRole('button', { name: 'Stop' }).first().click()
  await ana.getByRole('region', { name: 'Queue' }).waitFor({ state: 'hidden' })
  // Who reads further up is not taken along.
  await ana
    .getByRole('main', { name: 'Transcript' })
    .evaluate((element) => element.scrollTo(0, element.scrollHeight))
  await readersOf(ana)
  await ana.getByText('Everyone here, now and later').last().click()
  await ask(ana, '/tool resource.read {"id": "who-knows-the-date"}')
  for (const page of [ana, bo]) await page.getByText('Continued privately').waitFor()
  await ana.getByText('The press does not know yet.').first().waitFor()
  await house.visit(ana, 'narrowed')
  await house.visit(bo, 'narrowed-for-others')
}

/** What the assistant sees, and a resource that few may read. */
async function resources(house: House, ana: Page): Promise<void> {
  await ana.getByRole('button', { name: 'What the assistant sees for you' }).click()
  await ana.getByText(/of \d+ messages/).waitFor()
  await ana.getByRole('button', { name: 'Add', exact: true }).click()
  const add = ana.getByRole('dialog', { name: 'Add a resource' })
  await add.getByRole('textbox', { name: 'Title' }).fill('Who knows the date')
  await add.getByRole('textbox', { name: 'Text' }).fill('The press does not know yet.')
  await house.visit(ana, 'add-resource')
  await add.getByRole('button', { name: 'Add', exact: true }).click()
  await add.waitFor({ state: 'hidden' })
  await house.visit(ana, 'panel')
  await ana.getByRole('button', { name: 'Close' }).click()
}

async function readersOf(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Who reads/ }).click()
  await page.getByText('Only me').waitFor()
}
