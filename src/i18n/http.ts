import { both } from './both.ts'

/** What the API says to its callers. */
export const http = {
  title: {
    400: both('Pedido malformado', 'Malformed request'),
    401: both('Não identificado', 'Not identified'),
    403: both('Sem permissão', 'Not permitted'),
    404: both('Não encontrado', 'Not found'),
    405: both('Método não aceito', 'Method not accepted'),
    406: both('Formato não disponível', 'Format not available'),
    408: both('Tempo esgotado', 'Out of time'),
    409: both('Não é possível agora', 'Not possible now'),
    413: both('Grande demais', 'Too large'),
    414: both('Endereço longo demais', 'Address too long'),
    415: both('Formato não aceito', 'Format not accepted'),
    422: both('Valor não aceito', 'Value not accepted'),
    429: both('Pedidos demais', 'Too many requests'),
    431: both('Cabeçalhos longos demais', 'Headers too long'),
    500: both('Erro interno', 'Internal error'),
    503: both('Indisponível no momento', 'Unavailable at the moment'),
  },
  noToken: both(
    'falta identificação: pessoas entram pela página /revisao; programas enviam o cabeçalho Authorization: Bearer …',
    'not identified: people sign in on the page /revisao; programs send the header Authorization: Bearer …',
  ),
  session: {
    malformed: both(
      'este acesso não vale aqui: entre de novo',
      'this sign-in is not valid here: sign in again',
    ),
    expired: both('seu acesso expirou: entre de novo', 'your sign-in has expired: sign in again'),
    no_role: both(
      'este acesso não dá nenhum papel do Conferente',
      'this sign-in gives no role in Conferente',
    ),
  },
  signIn: {
    title: both('Conferente: entrada', 'Conferente: signing in'),
    back: both('Tentar de novo', 'Try again'),
    late: both(
      'Este acesso expirou, já foi usado ou começou em outro navegador. Comece de novo.',
      'This sign-in has expired, was already used or began in another browser. Please start again.',
    ),
    refused: both('O login único não deixou você entrar.', 'Single sign-on did not let you in.'),
    away: both('O login único não responde agora.', 'Single sign-on is not answering right now.'),
    awayHint: both(
      'Tente de novo em alguns minutos. Se continuar, avise quem administra o Conferente; um link de uso único também deixa entrar.',
      'Try again in a few minutes. If it goes on, tell the administrator of Conferente; you can also sign in with a one-time link.',
    ),
    unknown: both(
      'A resposta do login único não é válida. Comece de novo.',
      'The answer of single sign-on is not valid. Please start again.',
    ),
    noRole: both(
      'O login único reconheceu você, mas não informou o seu nome, ou não informou exatamente um papel do Conferente.',
      'Single sign-on knows you, but does not give your name, or does not give exactly one role in Conferente.',
    ),
    noRoleHint: both(
      'Peça a quem cuida do login único um dos papéis: leitor, revisor, operador, administrador.',
      'Ask the administrator of single sign-on for one of the roles: leitor, revisor, operador, administrador.',
    ),
  },
  otherSite: both(
    'o pedido não veio de uma página do Conferente: nada foi feito',
    'the request did not come from a page of Conferente: nothing was done',
  ),
  otherPerson: both(
    'outra pessoa entrou neste navegador: nada foi feito',
    'somebody else has signed in with this browser: nothing was done',
  ),
  token: {
    malformed: both('o token não é válido aqui', 'the token is not valid here'),
    expired: both('o token expirou', 'the token has expired'),
    no_role: both(
      'o token não diz de quem é, ou não dá exatamente um papel do Conferente',
      'the token does not say whose it is, or does not give exactly one role in Conferente',
    ),
  },
  forbidden: both('o papel deste token não permite isto', 'the role of this token does not allow this'),
  notFound: both(
    (method: string, path: string) => `não há ${method} ${path}`,
    (method, path) => `there is no ${method} ${path}`,
  ),
  malformed: both('o pedido não pôde ser lido', 'the request could not be read'),
  tooLarge: both('o corpo do pedido é grande demais', 'the body of the request is too large'),
  mediaType: both(
    (type: string) => `o corpo do pedido deve ser ${type}`,
    (type) => `the body of the request must be ${type}`,
  ),
  tooMany: both(
    'pedidos demais deste endereço; espere um minuto',
    'too many requests from this address; wait a minute',
  ),
  tooSlow: both('a consulta passou do tempo limite', 'the query took longer than allowed'),
  tooSlowHint: both(
    'Peça menos de uma vez: um período menor, menos linhas.',
    'Ask for less at once: a shorter period, fewer rows.',
  ),
  busy: both(
    'o servidor está ocupado agora; tente de novo em alguns segundos',
    'the server is busy right now; try again in a few seconds',
  ),
  unavailable: both(
    'o banco de dados não responde agora; tente de novo',
    'the database is not answering right now; try again',
  ),
  tryAgain: both(
    'outra pessoa está mexendo nisto agora; tente de novo',
    'somebody else is working on this right now; try again',
  ),
  badCursor: both(
    'este cursor não foi fornecido pela API para esta lista e esta ordem',
    'the API did not give this cursor for this list and this order',
  ),
  badValue: both(
    'um valor do pedido não é do tipo esperado',
    'a value of the request is not of the expected type',
  ),
  internal: both(
    (id: string) => `algo falhou no servidor; quem cuida dele encontra o erro pelo número ${id}`,
    (id) => `something failed on the server; its operator can find the error under number ${id}`,
  ),
  limit: {
    batch: both(
      'um pedido de cada vez: listas de pedidos não são aceitas',
      'one request at a time: lists of requests are not accepted',
    ),
    subscription: both('assinaturas não são oferecidas', 'subscriptions are not offered'),
    introspection: both(
      'o papel deste token não lê o esquema; ele está em docs/schema.graphql',
      'the role of this token may not read the schema; it is in docs/schema.graphql',
    ),
    page: both(
      (most: number) => `uma página tem no máximo ${most} linhas`,
      (most) => `a page has at most ${most} rows`,
    ),
    tooMuch: both(
      (what: string, most: number, asked: number) =>
        `${what}: no máximo ${most}, e o pedido tem ${asked} ou mais`,
      (what, most, asked) => `${what}: at most ${most}, and the request has ${asked} or more`,
    ),
    of: {
      characters: both('caracteres da consulta', 'characters of the query'),
      tokens: both('símbolos da consulta', 'tokens of the query'),
      brackets: both('níveis de parênteses', 'levels of brackets'),
      depth: both('níveis da consulta', 'levels of the query'),
      fields: both('campos da consulta', 'fields of the query'),
      roots: both('campos na raiz da consulta', 'fields at the root of the query'),
      mutations: both('mutações num pedido', 'mutations in a request'),
      values: both('valores na resposta', 'values in the answer'),
      variableDepth: both('níveis das variáveis', 'levels of the variables'),
      variableValues: both('valores nas variáveis', 'values in the variables'),
    },
  },
}
