import { both } from '../both.ts'

export const act = {
  approve: {
    one: both('Aprovar 1', 'Approve 1'),
    many: both('Aprovar {n}', 'Approve {n}'),
  },
  reject: {
    one: both('Rejeitar 1', 'Reject 1'),
    many: both('Rejeitar {n}', 'Reject {n}'),
  },
  confirm: {
    one: both('1 procede, tratado fora', '1 real, dealt with elsewhere'),
    many: both('{n} procedem, tratados fora', '{n} real, dealt with elsewhere'),
  },
  postpone: both('Adiar', 'Postpone'),
  forward: both('Encaminhar', 'Forward'),
  comment: both('Comentar', 'Comment'),
  correct: both('Corrigir este', 'Correct this one'),
  note: both('Motivo', 'Reason'),
}

export const only = {
  approve: both('Aprovar só este', 'Approve only this'),
  reject: both('Rejeitar só este', 'Reject only this'),
  confirm: both('Só este procede, tratado fora', 'Only this one is real, dealt with elsewhere'),
  postpone: both('Adiar só este', 'Postpone only this'),
  forward: both('Encaminhar só este', 'Forward only this'),
}

export const action = {
  approve: both('Aprovar', 'Approve'),
  reject: both('Rejeitar', 'Reject'),
  confirm: both('Procede, tratada fora', 'Real, dealt with elsewhere'),
  correct: both('Corrigir com outro valor', 'Correct with another value'),
  except: both('Declarar exceção', 'Declare an exception'),
  revert: both('Desfazer a correção', 'Undo the correction'),
  reopen: both('Reabrir', 'Reopen'),
  undo: both('Desfazer', 'Undo'),
}

export const explain = {
  correct: both(
    'Outra pessoa precisa aprovar o que você digitar.',
    'Another person has to approve what you type.',
  ),
  except: both(
    'A regra não aponta este registro até o dia que você escolher.',
    'The rule does not flag this row until the day you choose.',
  ),
  revert: both(
    'O registro volta a ter exatamente o que tinha. Se alguém o mudou depois, nada é alterado.',
    'The row gets back exactly what it had. If somebody has changed it since, nothing is touched.',
  ),
  reopen: both('A divergência volta a esperar por decisão.', 'The finding waits for a decision again.'),
}

/** The recorded reason of an act that asks for none: it only says what was done. */
export const reasonFor = {
  approve: {
    one: both('aprovada na revisão', 'approved in the review'),
    many: both('aprovadas na revisão, {n} de uma vez', 'approved in the review, {n} at once'),
  },
  reject: {
    one: both('rejeitada na revisão', 'rejected in the review'),
    many: both('rejeitadas na revisão, {n} de uma vez', 'rejected in the review, {n} at once'),
  },
  confirm: {
    one: both('procede, tratada fora; dito na revisão', 'real, dealt with elsewhere; said in the review'),
    many: both(
      'procedem, tratadas fora; dito na revisão, {n} de uma vez',
      'real, dealt with elsewhere; said in the review, {n} at once',
    ),
  },
  postpone: {
    one: both('adiada na revisão', 'postponed in the review'),
    many: both('adiadas na revisão, {n} de uma vez', 'postponed in the review, {n} at once'),
  },
  forward: {
    one: both('encaminhada na revisão', 'forwarded in the review'),
    many: both('encaminhadas na revisão, {n} de uma vez', 'forwarded in the review, {n} at once'),
  },
  back: both('de volta à fila, na revisão', 'back to the queue, in the review'),
  undo: both('desfeito na revisão por quem decidiu', 'undone in the review by the person who decided'),
}

export const weigh = {
  title: both('Antes de aprovar', 'Before you approve'),
  second: {
    one: both('1 vai para uma segunda pessoa', '1 goes to a second person'),
    many: both('{n} vão para uma segunda pessoa', '{n} go to a second person'),
  },
  now: both(
    'a correção é gravada agora, sem segunda pessoa',
    'the warehouse changes now, without a second person',
  ),
}
