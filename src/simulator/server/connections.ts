import type { Connection, Connections } from './exchange.ts'

export function createConnections(): Connections {
  const open = new Set<Connection>()
  return {
    add(connection) {
      open.add(connection)
      return () => void open.delete(connection)
    },
    all: () => [...open],
    cutAll(fits = () => true) {
      const cut = [...open].filter(fits)
      for (const connection of cut) {
        open.delete(connection)
        connection.cut()
      }
      return cut.length
    },
  }
}
