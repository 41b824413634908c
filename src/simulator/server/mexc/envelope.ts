import type { Reply } from '../http-faults.ts'
import type { WireError } from './wire-error.ts'

/** JSON that is already text: numbers beyond 2^53, exponents, frames made once for many. */
export class RawJson {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

const headers = { 'content-type': 'application/json', 'cache-control': 'no-cache' }

/** HTTP 200 with `data`, which is absent where undefined. */
export function success(data?: unknown): Reply {
  const told = data instanceof RawJson ? data.text : data === undefined ? null : JSON.stringify(data)
  const body = told === null ? '{"success":true,"code":0}' : `{"success":true,"code":0,"data":${told}}`
  return { status: 200, body, headers }
}

/** Success of a lookup that found nothing; the members come in this order there. */
export const nothingFound: Reply = { status: 200, body: '{"code":0,"success":true}', headers }

/** A failure, with HTTP 200 unless told. */
export function failure({ code, message }: Pick<WireError, 'code' | 'message'>, status = 200): Reply {
  return { status, body: JSON.stringify({ success: false, code, message }), headers }
}

/** A page of rows, as transfers, funding records and funding history are told. */
export function pageOf<T>(rows: readonly T[], page: number, size: number) {
  return {
    pageSize: size,
    totalCount: rows.length,
    totalPage: Math.ceil(rows.length / size),
    currentPage: page,
    resultList: slice(rows, page, size),
  }
}

/** Rows of a page counted from 1. */
export function slice<T>(rows: readonly T[], page: number, size: number): readonly T[] {
  return rows.slice((page - 1) * size, page * size)
}
