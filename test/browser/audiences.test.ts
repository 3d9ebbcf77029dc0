import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { fault } from '../../server/model/faults.ts'
import { missingBrowser } from '../kit/browser.ts'
import { principal } from '../kit/people.ts'
import { chooseEveryone, chooseMe, choosePeople, listen, question, READERS, three } from './listeners.ts'
import { ask } from './pages.ts'
import { composer, ready, sessionIdOf, stage, useBrowser } from './stage.ts'

const SOON = { timeout: 20_000 }

describe.skipIf(await missingBrowser())('audiences in the workspace', () => {
  const browser = useBrowser()

  it('[U42] what is asked of some is seen by them alone, typed and answered, on the screen and on the wire', async () => {
    const on = await stage(0)
    const [ana, bo, cy] = await three(browser(), on.links)
    await ask(ana.page, 'canary-all')
    for (const { page } of [ana, bo, cy]) await question(page, 'Ana asks', 'canary-all').waitFor()

    await chooseMe(ana.page)
    await composer(ana.page).pressSequentially('canary-alone')
    await composer(ana.page).press('Enter')
    await question(ana.page, 'Ana asks, only you read this', 'canary-alone').waitFor()
    // The sample has one, too.
    await ana.page.getByRole('article', { name: 'Answer for Ana, only you read this' }).last().waitFor()
    // The choice stays, and says so.
    await ana.page.getByRole('button', { name: 'Who reads: Only you' }).waitFor()

    await choosePeople(ana.page, 'Bo')
    await ask(ana.page, 'canary-pair')
    await question(bo.page, 'Ana asks, you and Ana read this', 'canary-pair').waitFor()
    await composer(ana.page).pressSequentially('More')
    await bo.page.getByText('Ana is typing').waitFor()
    expect(await cy.page.getByText('is typing').count()).toBe(0)

    // What has come by now would have been before: one lane later is not one message earlier.
    await ask(cy.page, 'canary-last')
    for (const { page } of [ana, bo, cy]) await question(page, 'Cy asks', 'canary-last').waitFor()
    expect([ana, bo, cy].map(({ heard }) => canariesIn(heard()))).toEqual([
      ['all', 'alone', 'last', 'pair'],
      ['all', 'last', 'pair'],
      ['all', 'last'],
    ])
    expect(await cy.page.getByText('canary-pair').count()).toBe(0)
    await cy.page.reload()
    await question(cy.page, 'Ana asks', 'canary-all').waitFor()
    expect(canariesIn(cy.heard())).toEqual(['all', 'last'])
  })

  it('[U38] sharing shows the exact text and who will read it, and gives focus back; a copy says where it is from', async () => {
    const on = await stage(0)
    const [ana, , cy] = await three(browser(), on.links)
    await chooseMe(ana.page)
    await ask(ana.page, 'canary-shared\n  with **its** marks')
    const own = question(ana.page, 'Ana asks, only you read this', 'canary-shared')
    await own.hover()
    const button = own.getByRole('button', { name: 'Share with others' })
    await button.focus()
    await ana.page.keyboard.press('Enter')
    const dialog = ana.page.getByRole('dialog', { name: 'Share your question' })
    const share = dialog.getByRole('button', { name: 'Share', exact: true })
    expect(await dialog.getByRole('region', { name: 'Preview' }).textContent()).toBe(
      'canary-shared\n  with **its** marks',
    )
    expect(await share.isDisabled()).toBe(true)
    await ana.page.keyboard.press('Escape')
    await expect.poll(() => button.evaluate((element) => element === document.activeElement)).toBe(true)
    expect(canariesIn(cy.heard())).toEqual([])

    await ana.page.keyboard.press('Enter')
    await dialog.getByText('Everyone here, now and later').click()
    await dialog.getByText('Everyone in this session, now and later, will read this copy.').waitFor()
    await share.click()
    await dialog.waitFor({ state: 'hidden' })
    await question(cy.page, 'Ana asks', 'canary-shared')
      .getByText('Shared by Ana from Ana’s question')
      .waitFor()
    expect(canariesIn(cy.heard())).toEqual(['shared'])
  })

  it('[U37] an answer that needs what only its author may read goes on with them alone; others see that it does', async () => {
    const on = await stage(0)
    const [ana, bo] = await three(browser(), on.links)
    await openPanel(ana.page)
    await ana.page.getByRole('button', { name: 'Add', exact: true }).click()
    const dialog = ana.page.getByRole('dialog', { name: 'Add a resource' })
    await dialog.getByRole('textbox', { name: 'Title' }).fill('Salary plan')
    await dialog.getByRole('textbox', { name: 'Text' }).fill('canary-salaries')
    await dialog.getByText('Only me').click()
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await ana.page.getByRole('button', { name: 'Salary plan Only you' }).waitFor()

    await ask(ana.page, '/tool resource.read {"id": "salary-plan"}')
    for (const { page } of [ana, bo]) await page.getByText('Continued privately').waitFor(SOON)
    const rest = ana.page.getByRole('article', { name: 'Answer for Ana goes on, only you read this' })
    await rest.getByText('canary-salaries').first().waitFor(SOON)
    await ask(bo.page, 'canary-later')
    await question(ana.page, 'Bo asks', 'canary-later').waitFor()
    expect(canariesIn(ana.heard())).toEqual(['later', 'salaries'])
    expect(canariesIn(bo.heard())).toEqual(['later'])
    expect(await bo.page.getByText('Salary plan').count()).toBe(0)
  })

  it('[U35] when somebody who was picked leaves, nothing is sent until its author has chosen again', async () => {
    const on = await stage(0)
    const [ana, bo, cy] = await three(browser(), on.links)
    await choosePeople(ana.page, 'Bo')
    await composer(ana.page).fill('canary-draft')
    const session = await on.server.sessions.open(sessionIdOf(on))
    await session.execute<'member.remove'>(principal('ana'), crypto.randomUUID(), {
      ...{ type: 'member.remove', userId: 'bo' },
    })
    await bo.page.getByText('You are no longer in this session').waitFor()
    await bo.page.getByRole('link', { name: 'Launch week' }).waitFor({ state: 'detached' })
    await ana.page.getByText('Bo is no longer here').waitFor()
    await composer(ana.page).press('Enter')
    expect(await composer(ana.page).inputValue()).toBe('canary-draft')
    await ana.page.getByRole('button', { name: 'Ask without Bo' }).click()
    await ana.page.getByRole('button', { name: 'Who reads: Only you' }).waitFor()
    expect(await composer(ana.page).inputValue()).toBe('canary-draft')
    await composer(ana.page).press('Enter')
    await question(ana.page, 'Ana asks, only you read this', 'canary-draft').waitFor()
    await ask(cy.page, 'canary-after')
    await question(ana.page, 'Cy asks', 'canary-after').waitFor()
    expect([ana, bo, cy].map(({ heard }) => canariesIn(heard()))).toEqual([['after', 'draft'], [], ['after']])
  })
})

describe.skipIf(await missingBrowser())('choosing who reads', () => {
  const browser = useBrowser()

  it('[U35] by keyboard alone; the text goes along, and a reload forgets neither it nor whom it is for', async () => {
    const on = await stage(0)
    const { page } = await listen(browser(), on.links[0]?.url ?? '')
    await composer(page).fill('half a thought')
    await page.getByRole('button', { name: READERS }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: READERS })
    await expect.poll(() => focused(page)).toBe('radio')
    await page.keyboard.press('ArrowUp')
    await dialog.getByText('Only you will read the question and its answer.').waitFor()
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    await expect.poll(() => focused(page)).toBe('textarea')
    for (let times = 0; times < 2; times++) {
      expect(await composer(page).inputValue()).toBe('half a thought')
      await page.getByRole('button', { name: 'Who reads: Only you' }).waitFor()
      await page.reload()
      await ready(page)
    }
    await chooseEveryone(page)
    expect(await composer(page).inputValue()).toBe('half a thought')
  })

  it('[U35] what was changed too late comes back for those it was meant for, whoever is chosen by then', async () => {
    const on = await stage(20)
    const [ana, bo] = await three(browser(), on.links)
    await chooseMe(ana.page)
    await ask(ana.page, '/write 400')
    await ana.page.getByText('Answering you').waitFor()
    await ask(ana.page, 'canary-draft')
    const row = ana.page
      .getByRole('list', { name: 'Up next' })
      .getByRole('listitem')
      .filter({ hasText: 'Only you' })
    await row.getByRole('button', { name: 'Edit' }).click()
    await ana.page.getByRole('textbox', { name: 'Edit the prompt' }).fill('canary-draft, changed')
    await chooseEveryone(ana.page)
    // It begins to run under the hand: what was written is rescued for those it was meant for.
    await ana.page.getByRole('button', { name: 'Stop' }).click()
    await ana.page.getByRole('button', { name: 'Who reads: Only you' }).waitFor()
    expect(await composer(ana.page).inputValue()).toBe('canary-draft, changed')
    expect(canariesIn(bo.heard())).toEqual([])
  })

  it('[U27] what failed among some is asked again among them, whoever is chosen by then', async () => {
    const broken = { type: 'error' as const, fault: fault('PROVIDER_AUTH', 'made to fail') }
    const model = {
      ...{ defaultModel: 'broken', models: ['broken'] },
      async *stream() {
        yield broken
      },
    }
    const on = await stage(0, { model })
    const [ana, bo] = await three(browser(), on.links)
    await chooseMe(ana.page)
    await ask(ana.page, 'canary-alone')
    const failed = ana.page.getByRole('article', { name: 'Answer for Ana, only you read this' }).last()
    const again = failed.getByRole('button', { name: 'Ask again' })
    await again.waitFor()
    await chooseEveryone(ana.page)
    await again.click()
    const asked = question(ana.page, 'Ana asks, only you read this', 'canary-alone')
    await expect.poll(() => asked.count()).toBe(2)
    await ask(ana.page, 'canary-all')
    await question(bo.page, 'Ana asks', 'canary-all').waitFor()
    expect(canariesIn(bo.heard())).toEqual(['all'])
  })
})

const focused = (page: Page) =>
  page.evaluate(() => {
    const { activeElement } = document
    return activeElement instanceof HTMLInputElement ? activeElement.type : activeElement?.localName
  })

const CANARIES = ['after', 'all', 'alone', 'draft', 'last', 'later', 'pair', 'salaries', 'shared']

/** Ends of the canaries in what was heard. */
function canariesIn(heard: string): string[] {
  return CANARIES.filter((end) => heard.includes(`canary-${end}`))
}

async function openPanel(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'What the assistant sees for you' }).click()
  await page.getByRole('heading', { name: 'Resources' }).waitFor()
}
