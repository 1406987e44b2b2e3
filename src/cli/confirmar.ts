import type { Command } from 'commander'
import type { App } from './app.ts'
import { registerDecision } from './decision.ts'

export function register(program: Command, app: App): void {
  registerDecision(program, app, 'confirmar', 'audit.confirmar_divergencias')
}
