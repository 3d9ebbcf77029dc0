import type { Page } from 'playwright-core'
import type { House } from './house.ts'

/** What owners do about a session, what others see of that, and what admins see of the workspace. */
export async function managing(house: House): Promise<void> {
  const [ana, bo] = await house.people()
  await share(house, ana)
  await ana.keyboard.press('Escape')
  await settings(house, ana, bo)
  await workspace(house, ana)
}

/** On a phone the header has only a menu for it. */
export async function openShare(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Share', exact: true })
  if (!(await button.isVisible())) await openMenu(page)
  await button.click()
  await page.getByRole('dialog', { name: 'Share this session' }).waitFor()
}

async function openSettings(page: Page): Promise<void> {
  await openMenu(page)
  await page.getByRole('button', { name: 'Session settings' }).click()
  await page.getByRole('tab', { name: 'General' }).waitFor()
}

const openMenu = (page: Page) => page.getByRole('button', { name: 'More of this session' }).click()

async function share(house: House, ana: Page): Promise<void> {
  await openMenu(ana)
  await house.visit(ana, 'session-menu')
  await ana.keyboard.press('Escape')
  await openShare(ana)
  await ana.getByText('Invites that still work').waitFor()
  await ana.getByRole('button', { name: 'Make an invite link' }).click()
  await ana
    .getByRole('button', { name: /^Revoke the invite/ })
    .first()
    .waitFor()
  await house.visit(ana, 'share-link')
}

async function settings(house: House, ana: Page, bo: Page): Promise<void> {
  await openSettings(ana)
  await house.visit(ana, 'settings-general')
  await ana.getByRole('tab', { name: 'Members' }).click()
  await house.visit(ana, 'settings-members')
  await ana.getByRole('button', { name: 'Take Cy out' }).click()
  await ana.getByRole('dialog', { name: 'Take Cy out?' }).waitFor()
  await house.visit(ana, 'take-out')
  await ana.getByRole('button', { name: 'Cancel' }).click()
  await ana.getByRole('tab', { name: 'Tools' }).click()
  await ana.getByRole('switch').first().waitFor()
  await house.visit(ana, 'settings-tools')
  await ana.getByRole('tab', { name: 'Export' }).click()
  await house.visit(ana, 'settings-export')
  await ana.getByRole('tab', { name: 'History' }).click()
  await ana.getByText('Ana made the session.').waitFor()
  await house.visit(ana, 'settings-history')
  await ana.keyboard.press('Escape')
  await openSettings(bo)
  await bo.getByRole('tab', { name: 'Members' }).click()
  await house.visit(bo, 'settings-members-of-a-prompter')
}

async function workspace(house: House, ana: Page): Promise<void> {
  await signIn(house, 'bo', 'Bo', ['design'])
  await signIn(house, 'dee', 'Dee', ['design', 'leads'])
  await house.act('ana', 'PUT', '/resources/plan', {
    ...{ title: 'Launch plan', text: 'We ship on Thursday.', format: 'markdown', audience: 'everyone' },
  })
  await house.act('ana', 'PUT', '/resources/press', {
    ...{ title: 'Who in the press knows the date', text: 'Nobody.', audience: ['bo'] },
  })
  const to = async (name: string) => {
    await ana.getByRole('navigation', { name: 'Admin' }).getByRole('link', { name }).click()
    await ana.getByRole('region', { name }).waitFor()
  }
  const sessions = ana.getByRole('button', { name: 'Sessions' })
  if (await sessions.isVisible()) await sessions.click()
  await ana.getByRole('link', { name: 'Admin' }).click()
  await ana.getByRole('textbox', { name: 'Name' }).waitFor()
  await house.visit(ana, 'admin')
  await to('People')
  await ana.getByText('Dee', { exact: true }).waitFor()
  await house.visit(ana, 'admin-people')
  await to('Groups')
  await ana.getByText('leads').waitFor()
  await house.visit(ana, 'admin-groups')
  await to('Resources')
  await ana.getByText('Launch plan').waitFor()
  await house.visit(ana, 'admin-resources')
  await to('Tools')
  await ana.getByRole('button', { name: /Change who may use notes.append/ }).click()
  await ana.getByRole('radio', { name: /Only some/ }).check()
  await ana.getByRole('checkbox', { name: /Group design/ }).check()
  await house.visit(ana, 'admin-grant')
  await ana.getByRole('button', { name: 'Save' }).click()
  await ana.getByText('Group design').waitFor()
  await ana.getByRole('switch', { name: /web.fetch/ }).click()
  await ana.getByText('Some are taken away').waitFor()
  await house.visit(ana, 'admin-tools')
}

/** The server knows of people and their groups by what they signed in with last. */
async function signIn(house: House, userId: string, name: string, groups: readonly string[]): Promise<void> {
  const token = await house.server.identity.issueToken({ userId, name, groups, admin: false }, 60_000)
  const headers = { authorization: `Bearer ${token}` }
  await fetch(`${house.server.url}/api/v1/me`, { headers })
}
