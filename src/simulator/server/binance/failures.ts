import type { FaultKind } from '../faults.ts'
import type { Reply } from '../http-faults.ts'

const page = (title: string): string =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`

/** An injected error as Binance words it: three 503s that mean three things, and codes whose outcome is unknown. */
export function failureReply(kind: FaultKind, retryAfterS: number | null): Reply {
  const headers: Record<string, string> = retryAfterS === null ? {} : { 'Retry-After': String(retryAfterS) }
  const html = (status: number, title: string): Reply => ({
    status,
    body: page(title),
    headers: { ...headers, 'content-type': 'text/html' },
  })
  const error = (status: number, code: number, msg: string): Reply => ({
    status,
    body: JSON.stringify({ code, msg }),
    headers,
  })
  switch (kind) {
    case '429':
      return error(429, -1003, 'Too many requests; current limit is 2400 requests per minute.')
    case '418':
      return error(
        418,
        -1003,
        'Way too many requests; IP banned. Please use the websocket for live updates to avoid bans.',
      )
    case '403':
      return html(403, '403 Forbidden')
    case '500':
      return error(500, -1000, 'An unknown error occurred while processing the request.')
    case '502':
      return html(502, '502 Bad Gateway')
    case '503':
      return error(503, 0, 'Service Unavailable.')
    case '503-unknown':
      return error(503, -1000, 'Unknown error, please check your request or try again later.')
    case '503-internal':
      return error(503, -1001, 'Internal error; unable to process your request. Please try again.')
    case '504':
      return html(504, '504 Gateway Time-out')
    case 'maintenance':
      return error(503, -1016, 'This service is no longer available.')
    case 'timeout-code':
      return error(
        408,
        -1007,
        'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
      )
    case 'disconnected-code':
      return error(500, -1001, 'Internal error; unable to process your request. Please try again.')
    case 'reject':
      return error(400, -2010, 'NEW_ORDER_REJECTED')
    default:
      return html(500, '500 Internal Server Error')
  }
}
