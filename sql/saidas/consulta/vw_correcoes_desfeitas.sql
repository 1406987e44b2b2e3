-- For the owner of the source: what to fix there, because a load brings the error back.
create or replace view audit.vw_correcoes_desfeitas with (security_invoker = true) as
select d.id as divergencia_id, d.regra, d.tabela, d.registro_id, c.coluna, u.esperado ->> c.coluna as valor_corrigido,
  u.agora ->> c.coluna as valor_encontrado, u.situacao, d.justificativa, d.valor_em_risco, p.finalizada_em as corrigida_em,
  o.iniciada_em as vista_em, u.carregado_em, d.vezes_desfeita, d.status, o.sessao_id
from (
  select distinct on (x.divergencia_id) x.* from audit.correcoes_desfeitas x order by x.divergencia_id, x.operacao_id desc
) as u
join audit.divergencias_processadas d on d.id = u.divergencia_id
join audit.operacoes o on o.id = u.operacao_id
join audit.operacoes p on p.id = u.correcao_operacao_id
cross join lateral jsonb_object_keys(u.esperado) as c (coluna)
where u.agora is null or u.agora -> c.coluna is distinct from u.esperado -> c.coluna;
comment on view audit.vw_correcoes_desfeitas is 'Corrections that were undone from outside, one row for each finding and column, as last seen: the list for the owner of the source.';
comment on column audit.vw_correcoes_desfeitas.divergencia_id is 'The finding.';
comment on column audit.vw_correcoes_desfeitas.regra is 'Rule that found it.';
comment on column audit.vw_correcoes_desfeitas.tabela is 'Table of the row, schema-qualified.';
comment on column audit.vw_correcoes_desfeitas.registro_id is 'Key of the row as text.';
comment on column audit.vw_correcoes_desfeitas.coluna is 'Column that was corrected.';
comment on column audit.vw_correcoes_desfeitas.valor_corrigido is 'What the correction wrote, as text.';
comment on column audit.vw_correcoes_desfeitas.valor_encontrado is 'The value that came back, as text; also null if the row is gone.';
comment on column audit.vw_correcoes_desfeitas.situacao is 'valor_anterior (what the row held before the correction), outro_valor or ausente (the row is gone).';
comment on column audit.vw_correcoes_desfeitas.justificativa is 'The finding in one sentence.';
comment on column audit.vw_correcoes_desfeitas.valor_em_risco is 'Amount at stake in BRL.';
comment on column audit.vw_correcoes_desfeitas.corrigida_em is 'When the correction was made.';
comment on column audit.vw_correcoes_desfeitas.vista_em is 'When a session last saw it undone.';
comment on column audit.vw_correcoes_desfeitas.carregado_em is 'Load time of the row then, if it is later than the correction; otherwise null.';
comment on column audit.vw_correcoes_desfeitas.vezes_desfeita is 'How many sessions saw it undone.';
comment on column audit.vw_correcoes_desfeitas.status is 'Status of the finding now: corrigida if it has been made again since.';
comment on column audit.vw_correcoes_desfeitas.sessao_id is 'Session that last saw it undone.';
grant select on audit.vw_correcoes_desfeitas to conferente_leitor;
