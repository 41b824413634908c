import type { Command } from '#model/events.ts'
import type { InstanceId, OrderId } from '#model/ids.ts'
import { unreachable } from '#model/unreachable.ts'
import type { InstanceDesk } from './desk.ts'
import type { Moment, TradingRoom } from './room.ts'

/** Carries out what an operator asks; what is not possible is told as refused. */
export function carryOut(command: Command, room: TradingRoom): void {
  const { time } = command
  switch (command.command) {
    case 'pauseEntries':
    case 'resumeEntries':
      room.paused = command.command === 'pauseEntries'
      break
    case 'startStrategy':
    case 'stopStrategy':
      onDesk(command, room, ({ instance }) => {
        instance.stopped = command.command === 'stopStrategy'
        return true
      })
      break
    case 'closePosition':
      onDesk(command, room, (desk, moment) => desk.close('manual', 'command', moment))
      break
    case 'closeAll':
      for (const desk of room.desks) desk.close('manual', 'command', presentOf(desk, command, room))
      break
    case 'emergencyStop':
      room.changeState('halted', time, `emergencyStop by ${command.by}`)
      for (const desk of room.desks) desk.close('killSwitch', 'command', presentOf(desk, command, room))
      break
    case 'cancelOrder':
      cancelOrder(command.orderId, command, room)
      break
    case 'adjustStop':
      onDesk(command, room, (desk, moment) => desk.adjustStop(command.stopPrice, moment))
      break
    case 'manualOrder':
      onDesk(
        command,
        room,
        (desk, moment) => room.skipReasons(desk.instance).length === 0 && desk.enterManually(moment),
      )
      break
    default:
      unreachable(command)
  }
}

function onDesk(
  command: Command & { readonly instanceId: InstanceId },
  room: TradingRoom,
  act: (desk: InstanceDesk, moment: Moment) => boolean,
): void {
  const desk = room.desk(command.instanceId)
  if (desk && act(desk, presentOf(desk, command, room))) return
  const code = desk ? 'notPossibleNow' : 'unknownInstance'
  room.emit({ type: 'commandRefused', time: command.time, command, code })
}

/** A stop is never canceled by hand. */
function cancelOrder(orderId: OrderId, command: Command, room: TradingRoom): void {
  const { time } = command
  const order = room.orders.get(orderId)
  if (order && order.purpose !== 'stopLoss' && room.desk(order.instanceId)?.cancel(order, time) === true) return
  room.emit({ type: 'commandRefused', time, command, code: order ? 'notPossibleNow' : 'unknownOrder' })
}

const presentOf = ({ instance }: InstanceDesk, { time }: Command, room: TradingRoom): Moment =>
  room.market(instance.instrumentId).present(time)
