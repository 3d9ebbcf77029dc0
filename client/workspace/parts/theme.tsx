import { Monitor, Moon, Sun } from 'lucide-react'
import { inBrowser } from './page-storage.ts'
import { Store, useStore } from './store.ts'

const KEY = 'colloquy/theme'
const THEMES = [
  { value: 'system', label: 'As the system', Icon: Monitor },
  { value: 'light', label: 'Light', Icon: Sun },
  { value: 'dark', label: 'Dark', Icon: Moon },
] as const
type Theme = (typeof THEMES)[number]['value']

const theme = new Store<Theme>(
  THEMES.find(({ value }) => value === inBrowser.getItem(KEY))?.value ?? 'system',
)

/** Before the first paint, so that nobody is flashed. */
export function applyTheme(value: Theme = theme.read()): void {
  if (value === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = value
}

export function chooseTheme(value: Theme): void {
  theme.set(value)
  inBrowser.setItem(KEY, value)
  applyTheme()
}

export function ThemeSwitch() {
  const chosen = useStore(theme)
  return (
    <fieldset className="flex rounded-sm border border-line p-0.5">
      <legend className="sr-only">Colours</legend>
      {THEMES.map(({ value, label, Icon }) => (
        <label
          key={value}
          title={label}
          className="grid size-6 cursor-pointer place-items-center rounded-[4px] text-faint transition-colors hover:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent has-checked:bg-wash-2 has-checked:text-ink"
        >
          <input
            type="radio"
            name="theme"
            aria-label={label}
            className="sr-only"
            checked={chosen === value}
            onChange={() => chooseTheme(value)}
          />
          <Icon size={14} aria-hidden />
        </label>
      ))}
    </fieldset>
  )
}
