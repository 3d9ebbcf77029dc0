import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { missingBrowser } from '../kit/browser.ts'
import { chooseEveryone, chooseMe, choosePeople, question, three } from './listeners.ts'
import { ask } from './pages.ts'
import { composer, stage, useBrowser } from './stage.ts'

describe.skipIf(await missingBrowser())('writing together among some', () => {
  const browser = useBrowser()

  it('[U64, U65] two write on the board of their lane and ask once; no byte of it reaches a third', async () => {
    const on = await stage(0)
    const [ana, bo, cy] = await three(browser(), on.links)
    await chooseMe(ana.page)
    expect(await together(ana.page).count()).toBe(0)
    await choosePeople(ana.page, 'Bo')
    await ana.page.getByTitle('Once one of you has asked something here').waitFor()
    expect(await together(ana.page).isDisabled()).toBe(true)
    await ask(ana.page, 'canary-first')
    await question(bo.page, 'Ana asks, you and Ana read this', 'canary-first').waitFor()
    await composer(ana.page).fill('canary-draft')
    await ana.page.getByTitle('Bo can write this prompt with you').click()
    const anas = shared(ana.page)
    await anas.getByText('canary-draft').waitFor()

    // Not on the board of everyone, where Bo looks.
    await composer(bo.page).waitFor()
    expect(await bo.page.getByText('is drafting').count()).toBe(0)
    await choosePeople(bo.page, 'Ana')
    await bo.page.getByText('is drafting with you').waitFor()
    await bo.page.getByRole('button', { name: 'Write along' }).click()
    const bos = shared(bo.page)
    await bos.getByText('canary-draft').waitFor()
    await bos.press('Control+End')
    await bos.pressSequentially(', by two')
    await anas.getByText('canary-draft, by two').waitFor()
    await anas.getByText('Bo').waitFor()

    // Each audience has its own, also where both are shared; what nobody has seen is put before nobody.
    await chooseEveryone(ana.page)
    expect(await composer(ana.page).inputValue()).toBe('')
    await composer(ana.page).fill('canary-open')
    await choosePeople(ana.page, 'Bo')
    await anas.getByText('canary-draft, by two').waitFor()
    expect(await anas.textContent()).not.toContain('canary-open')
    await chooseEveryone(ana.page)
    expect(await composer(ana.page).inputValue()).toBe('canary-open')
    await together(ana.page).click()
    await cy.page.getByText('is drafting with the team').waitFor()
    await ana.page.reload()
    await anas.getByText('canary-open').waitFor()

    // Sent by another while its owner looks elsewhere.
    await bos.press('Control+Enter')
    await question(ana.page, 'Bo asks, you and Bo read this', 'canary-draft, by two').waitFor()
    await choosePeople(ana.page, 'Bo')
    await expect
      .poll(() =>
        composer(ana.page)
          .inputValue()
          .catch(() => null),
      )
      .toBe('')
    await bo.page.getByRole('region', { name: 'Queue' }).waitFor({ state: 'hidden' })
    for (const { page } of [ana, bo]) {
      expect(await page.getByRole('article', { name: /asks/ }).filter({ hasText: 'by two' }).count()).toBe(1)
    }

    await ask(cy.page, 'canary-last')
    await question(ana.page, 'Cy asks', 'canary-last').waitFor()
    const heardBy = [bo, cy].map(({ heard }) =>
      ['first', 'draft', 'open'].filter((end) => heard().includes(`canary-${end}`)),
    )
    // Bo left the board of everyone when he turned to Ana's.
    expect(heardBy).toEqual([['first', 'draft'], ['open']])
    expect(cy.docs().filter((doc) => !/\/main[@~]/.test(doc))).toEqual([])
    expect(bo.docs().some((doc) => !/\/main[@~]/.test(doc))).toBe(true)
  })
})

const together = (page: Page) => page.getByRole('button', { name: 'Write together' })
const shared = (page: Page) => page.getByRole('textbox', { name: 'Shared draft' })
