import { both } from './both.ts'

/** Texts about PgBouncer and other poolers. */
export const pooler = {
  refused: both(
    (mode: string) =>
      `entre este comando e o PostgreSQL há um PgBouncer (ou semelhante) em modo ${mode}, e este trabalho exige uma conexão exclusiva; nada foi feito. Ponha em DATABASE_URL o endereço do próprio PostgreSQL, ou de um pool com pool_mode = session`,
    (mode) =>
      `between this command and PostgreSQL there is a PgBouncer (or the like) in ${mode} mode, and this work needs its own connection; nothing was done. Set DATABASE_URL to the address of PostgreSQL itself, or of a pool with pool_mode = session`,
  ),
  unknown: both(
    'o PgBouncer (ou semelhante) não deu uma segunda conexão em dez segundos: aumente default_pool_size, ou ponha em DATABASE_URL o endereço do próprio PostgreSQL',
    'PgBouncer (or the like) gave no second connection within ten seconds: raise default_pool_size, or set DATABASE_URL to the address of PostgreSQL itself',
  ),
  noTransactions: both(
    'o PgBouncer (ou semelhante) está em modo statement, que não tem transações: a API pede pool_mode = transaction ou session',
    'PgBouncer (or the like) is in statement mode, which has no transactions: the API needs pool_mode = transaction or session',
  ),
  parameter: both(
    'o PgBouncer recusou um parâmetro do endereço',
    'PgBouncer refused a parameter of the address',
  ),
  parameterHint: both(
    'tire-o de DATABASE_URL (ou PGOPTIONS do ambiente) e ponha o ajuste no login: alter role … set …;',
    'remove it from DATABASE_URL (or PGOPTIONS in the environment) and set it for the login: alter role … set …;',
  ),
  item: both('conexão', 'connection'),
  direct: both('vai direto ao PostgreSQL', 'goes straight to PostgreSQL'),
  session: both(
    'passa por um PgBouncer (ou semelhante) em modo session: tudo funciona',
    'goes through a PgBouncer (or the like) in session mode: everything works',
  ),
  transaction: both(
    'passa por um PgBouncer (ou semelhante) em modo transaction: a API, a página, as listas e as decisões funcionam; migrar, processar, trabalhar, iniciar, notas e notificacoes --enviar não começam',
    'goes through a PgBouncer (or the like) in transaction mode: the API, the page, lists and decisions work; migrar, processar, trabalhar, iniciar, notas and notificacoes --enviar do not start',
  ),
  statement: both(
    'passa por um PgBouncer (ou semelhante) em modo statement, que não tem transações: só as listas funcionam',
    'goes through a PgBouncer (or the like) in statement mode, which has no transactions: only lists work',
  ),
  advice: both(
    'dê ao trabalhador e a estes comandos o endereço do próprio PostgreSQL, ou um pool com pool_mode = session',
    'give the worker and these commands the address of PostgreSQL itself, or a pool with pool_mode = session',
  ),
}
