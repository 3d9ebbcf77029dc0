import { useCallback, useState } from 'react'
import { announce } from '../parts/announcer.tsx'
import { Button } from '../parts/button.tsx'
import { Shown } from '../parts/shown.tsx'
import { useAct } from '../parts/use-act.ts'
import { useLoaded } from '../parts/use-loaded.ts'
import { useAccount } from '../sign-in/account.ts'
import { GrantDialog, type GrantOf } from './grant-dialog.tsx'
import { groupsOf } from './groups-of.ts'
import { namesOf } from './names-of.ts'
import { isOffered, pinnedWith, serverTools } from './offered.ts'
import { Nothing, Place } from './place.tsx'
import { ToolRow } from './tool-row.tsx'

/** What a tool is open to until somebody says otherwise. */
const OPEN = { use: 'everyone', approve: 'everyone' } as const

/** What the server's tools do, whether answers may call them, and for whom. */
export function Tools() {
  const { workspace, readInfo } = useAccount()
  const load = useCallback(async () => {
    const [info, grants, people] = await Promise.all([
      workspace.info(),
      workspace.grants(),
      workspace.people(),
    ])
    return { all: serverTools(info), grants: new Map(grants.map((grant) => [grant.tool, grant])), people }
  }, [workspace])
  const loaded = useLoaded(load)
  const [changing, setChanging] = useState<GrantOf | null>(null)
  const offer = async (name: string, offered: boolean) => {
    // From what holds now: another admin may have changed it since this was read.
    const now = serverTools(await workspace.info())
    await workspace.setWorkspace({ tools: pinnedWith(now, name, offered) })
    await Promise.all([loaded.again(), readInfo()])
    announce(offered ? `Answers may call ${name}` : `Answers do without ${name}`)
  }
  return (
    <Place
      title="Tools"
      text="What answers may call in this workspace. A tool acts with the rights of whoever asked, and only for those whom it is granted to. A session’s owners may do without some."
    >
      <Shown of={loaded}>
        {({ all, grants, people }) => (
          <>
            {all.pinned !== null && (
              <Pinned
                onOfferAll={async () => {
                  await workspace.setWorkspace({ tools: null })
                  await Promise.all([loaded.again(), readInfo()])
                }}
              />
            )}
            {all.tools.length === 0 ? (
              <Nothing>This server has no tools. Whoever runs it can add some.</Nothing>
            ) : (
              <ul className="border-line border-t">
                {all.tools.map((tool) => (
                  <ToolRow
                    key={tool.name}
                    tool={tool}
                    offered={isOffered(all, tool.name)}
                    grant={grants.get(tool.name) ?? OPEN}
                    nameOf={namesOf(people)}
                    onOffer={(offered) => offer(tool.name, offered)}
                    onGrant={(field) => setChanging({ tool: tool.name, field })}
                  />
                ))}
              </ul>
            )}
            {changing && (
              <GrantDialog
                {...changing}
                grant={grants.get(changing.tool) ?? OPEN}
                people={people}
                groups={groupsOf(people)}
                onSaved={loaded.again}
                onClose={() => setChanging(null)}
              />
            )}
          </>
        )}
      </Shown>
    </Place>
  )
}

/** Said while somebody has chosen which are offered: new ones then wait. */
function Pinned({ onOfferAll }: { onOfferAll: () => Promise<void> }) {
  const act = useAct()
  return (
    <div className="mb-4 flex items-center gap-3 rounded-md bg-wash px-3 py-2 max-sm:flex-col max-sm:items-start">
      <p className="min-w-0 flex-1 text-dim text-sm">
        {act.problem ??
          'Some are taken away. Tools that the server gets later are offered only once you say so.'}
      </p>
      <Button size="sm" disabled={act.busy} onClick={() => void act.run(onOfferAll)}>
        Offer all
      </Button>
    </div>
  )
}
