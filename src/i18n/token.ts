import { both } from './both.ts'

export const token = {
  issued: both(
    (name: string, role: string, until: string, id: string) =>
      `Token de ${name}, papel ${role}, válido até ${until}. Para revogar: conferente token --revogar ${id}`,
    (name, role, until, id) =>
      `Token for ${name}, role ${role}, valid until ${until}. To revoke it: conferente token --revogar ${id}`,
  ),
  none: both('Nenhum token emitido.', 'No token was issued.'),
  bearer: both('de', 'of'),
  bearers: {
    programa: both('programa', 'program'),
    convite: both('pessoa, por link', 'person, by link'),
    'login único': both('pessoa, por login único', 'person, by single sign-on'),
  },
  elsewhere: both(
    'aqui os tokens vêm do login único (CONFERENTE_JWKS_URL); o Conferente não os emite',
    'here tokens come from single sign-on (CONFERENTE_JWKS_URL); Conferente issues none',
  ),
  revoked: both(
    (id: string) => `Token ${id} revogado.`,
    (id) => `Token ${id} revoked.`,
  ),
  revokedPerson: both(
    (name: string) => `Revogados todos os tokens que ${name} recebeu até agora.`,
    (name) => `All tokens issued to ${name} so far are revoked.`,
  ),
}
