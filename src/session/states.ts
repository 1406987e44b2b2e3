/** States of a divergência that still wait for something. */
export const WAITING = ['aberta', 'aguardando_segunda_aprovacao', 'falha']

/** All states of a divergência, as the database checks them. */
export const STATUSES = [...WAITING, 'corrigida', 'rejeitada', 'revertida', 'obsoleta', 'resolvida']

/** Whether findings in one of these states, or in any, may wait for a person. */
export const mayWait = (statuses?: readonly string[]) =>
  statuses?.some((status) => WAITING.includes(status)) ?? true
