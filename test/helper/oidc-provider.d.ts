// The part of the provider that the tests use. Its own types would bring those of Koa and Express.
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  interface Grant {
    addOIDCScope(scope: string): void
    save(): Promise<string>
  }

  interface Context {
    path: string
    status: number
    body: unknown
    oidc: {
      client?: { clientId: string }
      session?: { accountId?: string; grantIdFor(clientId: string): string | undefined }
      provider: {
        Grant: {
          new (options: { clientId: string; accountId: string }): Grant
          find(id: string): Promise<Grant | undefined>
        }
      }
    }
  }

  interface Configuration {
    clients: readonly Readonly<Record<string, unknown>>[]
    jwks: { keys: readonly object[] }
    cookies: { keys: readonly string[] }
    features: Readonly<Record<string, { enabled: boolean }>>
    claims: Readonly<Record<string, readonly string[]>>
    interactions: { url(context: Context, interaction: { uid: string }): string }
    findAccount(
      context: Context,
      id: string,
    ): { accountId: string; claims(): Promise<Record<string, unknown>> }
    loadExistingGrant(context: Context): Promise<Grant | undefined>
  }

  export default class Provider {
    constructor(issuer: string, configuration: Configuration)
    on(event: 'server_error', listener: (context: Context, error: Error) => void): this
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): void
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>
  }
}
