import { z } from 'zod'
import { at, audience, id, person, seq, through } from './event-fields.ts'
import { RESOURCE_FORMATS } from './resource-formats.ts'

// The events of a workspace: its people, settings, notes, resources and grants.

const grantees = z.union([z.literal('everyone'), z.array(id)])

export const workspaceEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('workspace.created'), at, workspaceId: id, name: z.string() }),
  z.strictObject({
    type: z.literal('person.changed'),
    at,
    userId: id,
    name: z.string(),
    groups: z.array(id),
    admin: z.boolean(),
    /** When the proof of it was made. */
    issuedAt: at.optional(),
  }),
  z.strictObject({
    type: z.literal('workspace.changed'),
    at,
    name: z.string(),
    /** What every turn tells the model about this team. */
    systemText: z.string(),
    /** The names of the tools that turns offer; absent: all that the server has. */
    tools: z.array(z.string().max(200)).optional(),
    by: id,
  }),
  /** A note grew by `cell`. The same (author, key) appends once. */
  z.strictObject({
    type: z.literal('note.appended'),
    at,
    note: z.string().max(200),
    audience,
    by: id,
    cell: id,
    length: seq,
  }),
  /** A text of the workspace as it is from now on. */
  z.strictObject({
    type: z.literal('resource.put'),
    at,
    resourceId: id,
    title: z.string().max(200),
    format: z.enum(RESOURCE_FORMATS),
    audience,
    through: through.optional(),
    /** Nobody but members of this session reads it. */
    sessionId: id.optional(),
    by: person,
    cell: id,
    /** Characters (UTF-16) of the text. */
    length: seq,
  }),
  z.strictObject({ type: z.literal('resource.removed'), at, resourceId: id, by: id }),
  /** Who may use a tool, and who may allow its calls: userIds and `group:<id>`, looked up at each call. */
  z.strictObject({
    type: z.literal('grant.changed'),
    at,
    tool: z.string().max(200),
    use: grantees,
    approve: grantees,
    by: id,
  }),
])
export type WorkspaceEvent = z.infer<typeof workspaceEvent>
