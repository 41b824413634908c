import type { FaultKind } from '../faults.ts'
import type { Reply } from '../http-faults.ts'
import { failure } from './envelope.ts'

/** What the edge in front of MEXC answers to those it does not let through. */
export const edgePage: Reply = {
  status: 403,
  body: '<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\n<H1>Access Denied</H1>\n</BODY>\n</HTML>\n',
  headers: { 'content-type': 'text/html' },
}

/** An injected error in the venue's words; it never says how long to wait. */
export function failureReply(kind: FaultKind): Reply {
  switch (kind) {
    case '429':
      return failure({ code: 510, message: 'Requests are too frequent, please try again later' }, 429)
    case '418':
    case '403':
      return edgePage
    case '500':
      return failure({ code: 500, message: 'Internal error' }, 500)
    case '502':
      return {
        status: 502,
        body: '<html><body>502 Bad Gateway</body></html>',
        headers: { 'content-type': 'text/html' },
      }
    case '503':
      return failure({ code: 503, message: 'Service unavailable' }, 503)
    case '503-unknown':
      return failure({ code: 9999, message: 'System busy' }, 503)
    case '503-internal':
      return failure({ code: 501, message: 'System busy' })
    case '504':
      return {
        status: 504,
        body: '<html><body>504 Gateway Time-out</body></html>',
        headers: { 'content-type': 'text/html' },
      }
    case 'maintenance':
      return failure({ code: 801, message: 'System maintenance' })
    case 'timeout-code':
      return failure({ code: 504, message: 'Gateway timeout' })
    case 'disconnected-code':
      return failure({ code: 500, message: 'Internal error' })
    default:
      return failure({ code: 500, message: 'Internal error' })
  }
}
