-- Flat rows for BI tools: what each rule did in each session, and how long it took.
create or replace view audit.vw_metricas_desempenho with (security_invoker = true) as
select s.id as sessao_id, (coalesce(s.inicio_processamento, s.solicitada_em) at time zone f.fuso)::date as dia, s.modo, s.incremental,
  s.status as sessao_status, e.regra, e.status, e.inicio, e.fim, extract(epoch from e.duracao) as segundos, e.linhas_examinadas,
  round(e.linhas_examinadas / nullif(extract(epoch from e.duracao), 0)) as linhas_por_segundo, e.encontradas, e.novas, e.recorrentes,
  e.suprimidas, e.corrigidas, e.falhas, e.obsoletas, e.resolvidas, e.desfeitas, e.refeitas, e.valor_em_risco, e.valor_corrigido, e.erro_codigo, e.motivo
from audit.execucoes_regra e
join audit.sessoes_processamento s on s.id = e.sessao_id
cross join (select audit.fuso() as fuso) as f;
comment on view audit.vw_metricas_desempenho is 'What each rule did in each session and how long it took: flat rows for BI tools.';
comment on column audit.vw_metricas_desempenho.sessao_id is 'Session.';
comment on column audit.vw_metricas_desempenho.dia is 'Day on which the session began (or was requested, if it has not begun), in the zone of the setting agenda.fuso.';
comment on column audit.vw_metricas_desempenho.modo is 'manual: detect only. auto: detect, then correct what may be corrected.';
comment on column audit.vw_metricas_desempenho.incremental is 'Whether the window went by load time since the last successful session.';
comment on column audit.vw_metricas_desempenho.sessao_status is 'Status of the session: agendada, em_andamento, concluida, concluida_com_falhas, falhou or cancelada.';
comment on column audit.vw_metricas_desempenho.regra is 'Rule.';
comment on column audit.vw_metricas_desempenho.status is 'What became of the rule: pendente, detectada, concluida, falhou, pulada or inativa (switched off: only its earlier corrections were compared with the warehouse).';
comment on column audit.vw_metricas_desempenho.inicio is 'When the rule began.';
comment on column audit.vw_metricas_desempenho.fim is 'When it ended.';
comment on column audit.vw_metricas_desempenho.segundos is 'Seconds spent in its steps.';
comment on column audit.vw_metricas_desempenho.linhas_examinadas is 'Rows of its window.';
comment on column audit.vw_metricas_desempenho.linhas_por_segundo is 'Rows of its window per second of its steps.';
comment on column audit.vw_metricas_desempenho.encontradas is 'Findings: new and recurring.';
comment on column audit.vw_metricas_desempenho.novas is 'Findings never seen before.';
comment on column audit.vw_metricas_desempenho.recorrentes is 'Findings seen before.';
comment on column audit.vw_metricas_desempenho.suprimidas is 'Findings withheld by an exception.';
comment on column audit.vw_metricas_desempenho.corrigidas is 'Rows corrected by the session.';
comment on column audit.vw_metricas_desempenho.falhas is 'Corrections that the warehouse refused or that verification undid.';
comment on column audit.vw_metricas_desempenho.obsoletas is 'Findings closed because the row changed meanwhile.';
comment on column audit.vw_metricas_desempenho.resolvidas is 'Findings closed because the data was fixed elsewhere.';
comment on column audit.vw_metricas_desempenho.desfeitas is 'Earlier corrections that the warehouse no longer held: undone from outside.';
comment on column audit.vw_metricas_desempenho.refeitas is 'How many of corrigidas were made again because they had been undone from outside.';
comment on column audit.vw_metricas_desempenho.valor_em_risco is 'Sum of the amounts at stake of the findings in BRL.';
comment on column audit.vw_metricas_desempenho.valor_corrigido is 'Sum of the amounts at stake of the corrected rows in BRL, without refeitas: each correction''s money is counted once, however often it is made again.';
comment on column audit.vw_metricas_desempenho.erro_codigo is 'SQLSTATE of its failure.';
comment on column audit.vw_metricas_desempenho.motivo is 'Why it was skipped, or which limit stopped its corrections.';
