import type { House } from './house.ts'

/** Looking for what was said, and for what can be done. */
export async function palette(house: House): Promise<void> {
  const [ana] = await house.people()
  const dialog = ana.getByRole('dialog', { name: 'Search' })
  const typed = dialog.getByRole('combobox')
  await ana.keyboard.press('Control+k')
  await dialog.getByText('Recent sessions').waitFor()
  await house.visit(ana, 'palette')
  await typed.fill('dashboards')
  await dialog.getByText('Only you').waitFor()
  await house.visit(ana, 'palette-found')
  await typed.fill('nobody said that')
  await dialog.getByText('No message that you may read').waitFor()
  await house.visit(ana, 'palette-nothing')
  await ana.route('**/api/v1/search*', (route) => route.abort())
  await typed.fill('thursday')
  await dialog.getByText('Messages were not searched').waitFor()
  await house.visit(ana, 'palette-offline')
}
