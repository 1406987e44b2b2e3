/** Whoever conducts a session was told to stop. In a file of its own: errors are told apart before anything else is loaded. */
export class SessionInterrupted extends Error {
  readonly sessionId: bigint
  constructor(sessionId: bigint) {
    super(`session ${sessionId} interrupted`)
    this.name = 'SessionInterrupted'
    this.sessionId = sessionId
  }
}
