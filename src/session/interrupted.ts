/**
 * The conductor of a session was asked to stop. In a separate file, because errors are told apart before anything else is loaded.
 */
export class SessionInterrupted extends Error {
  readonly sessionId: bigint
  constructor(sessionId: bigint) {
    super(`session ${sessionId} interrupted`)
    this.name = 'SessionInterrupted'
    this.sessionId = sessionId
  }
}
