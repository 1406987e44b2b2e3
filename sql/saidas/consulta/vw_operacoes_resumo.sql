-- One line for each operation, for people.
create or replace view audit.vw_operacoes_resumo with (security_invoker = true) as
select o.id, o.tipo, o.status, o.regra, o.sessao_id, s.modo as sessao_modo, o.ator, o.motivo, o.iniciada_em, o.finalizada_em,
  o.finalizada_em - o.iniciada_em as duracao, o.linhas, o.elo, encode(o.selo, 'hex') as selo
from audit.operacoes o
left join audit.sessoes_processamento s on s.id = o.sessao_id;
comment on view audit.vw_operacoes_resumo is 'Operations with their session, duration and seal, one line each.';
comment on column audit.vw_operacoes_resumo.duracao is 'From beginning to end.';
comment on column audit.vw_operacoes_resumo.sessao_modo is 'Mode of the session, if it belongs to one.';
comment on column audit.vw_operacoes_resumo.linhas is 'Rows found, changed or decided.';
comment on column audit.vw_operacoes_resumo.selo is 'Seal in the audit chain, hexadecimal; null until sealed.';
comment on column audit.vw_operacoes_resumo.id is 'Key.';
comment on column audit.vw_operacoes_resumo.tipo is 'Kind of act. externa and exportacao may be recorded by users through audit.registrar_operacao.';
comment on column audit.vw_operacoes_resumo.status is 'em_andamento, concluida or falhou.';
comment on column audit.vw_operacoes_resumo.regra is 'Rule it belongs to, if any.';
comment on column audit.vw_operacoes_resumo.sessao_id is 'Session it belongs to, if any.';
comment on column audit.vw_operacoes_resumo.ator is 'Who did it.';
comment on column audit.vw_operacoes_resumo.motivo is 'Reason given.';
comment on column audit.vw_operacoes_resumo.iniciada_em is 'When it began.';
comment on column audit.vw_operacoes_resumo.finalizada_em is 'When it ended; null while under way.';
comment on column audit.vw_operacoes_resumo.elo is 'Position in the audit chain, from 1, without gaps; null until sealed.';
