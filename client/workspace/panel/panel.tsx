import { NotifySwitch } from '../news/notify-switch.tsx'
import { People } from './people.tsx'
import { Resources } from './resources.tsx'
import { Sees } from './sees.tsx'

/** What one's next answer is made from, who else is here, and what it may consult. */
export default function Panel() {
  return (
    <div className="scroll min-h-0 flex-1 pb-4">
      <Sees />
      <People />
      <Resources />
      <NotifySwitch />
    </div>
  )
}
