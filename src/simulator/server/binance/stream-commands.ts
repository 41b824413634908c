/** A control frame that makes sense. */
export type Command = { readonly id: Id } & (
  | { readonly method: 'SUBSCRIBE' | 'UNSUBSCRIBE'; readonly streams: readonly string[] }
  | { readonly method: 'LIST_SUBSCRIPTIONS' | 'GET_PROPERTY' }
  | { readonly method: 'SET_PROPERTY'; readonly combined: boolean }
)

type Id = number | string | null

/** What a control frame is answered with. */
export type WireAnswer =
  | { readonly result: unknown; readonly id: Id }
  | { readonly error: { readonly code: number; readonly msg: string }; readonly id?: Id }

type Read =
  | { readonly command: Command; readonly refusal?: undefined }
  | { readonly command: null; readonly refusal: WireAnswer }

/** The command of a frame, or how it is refused. */
export function readCommand(text: string): Read {
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch {
    return no({ error: { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' } })
  }
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) {
    return no({ error: { code: 2, msg: 'Invalid request: request must be an object' } })
  }
  const { method, params = [], id = null } = frame as { method?: unknown; params?: unknown; id?: unknown }
  if (id !== null && typeof id !== 'number' && typeof id !== 'string') return refused(null, 'invalid type for id')
  if (!Array.isArray(params)) return refused(id, 'params must be a sequence')
  const list = params as readonly unknown[]
  switch (method) {
    case 'SUBSCRIBE':
    case 'UNSUBSCRIBE': {
      const streams = list.filter((stream) => typeof stream === 'string')
      if (streams.length < list.length || streams.includes('')) return refused(id, 'params must be stream names')
      return { command: { method, id, streams } }
    }
    case 'LIST_SUBSCRIPTIONS':
      return { command: { method, id } }
    case 'SET_PROPERTY': {
      const [name, combined] = list
      if (name !== 'combined' || typeof combined !== 'boolean') return no(unknownProperty(id))
      return { command: { method, id, combined } }
    }
    case 'GET_PROPERTY':
      return list[0] === 'combined' ? { command: { method, id } } : no(unknownProperty(id))
    default:
      return refused(
        id,
        `unknown variant \`${String(method).slice(0, 50)}\`, expected one of \`SUBSCRIBE\`, \`UNSUBSCRIBE\`, ` +
          '`LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY`',
      )
  }
}

const no = (refusal: WireAnswer): Read => ({ command: null, refusal })
const refused = (id: Id, why: string): Read => no({ error: { code: 2, msg: `Invalid request: ${why}` }, id })
const unknownProperty = (id: Id): WireAnswer => ({ error: { code: 0, msg: 'Unknown property' }, id })
