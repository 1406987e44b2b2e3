/** States of a divergência that still wait for something. */
export const WAITING = ['aberta', 'aguardando_segunda_aprovacao', 'falha']

/** All states of a divergência, as the database checks them. */
export const STATUSES = [...WAITING, 'corrigida', 'rejeitada', 'revertida', 'obsoleta', 'resolvida']
