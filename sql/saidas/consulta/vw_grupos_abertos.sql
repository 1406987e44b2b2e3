-- What waits, one line for each decision it needs. Grouped by the parts; the name is composed once a group. The sample is not sorted: that
-- would sort everything that waits.
create or replace view audit.vw_grupos_abertos with (security_invoker = true) as
with dupla as materialized (
  select (c.valor #>> '{}')::numeric as valor from audit.configuracoes_sistema c where c.chave = 'aprovacao.valor_dupla'
), pisos as materialized ( -- a join would sort everything that waits twice
  select jsonb_object_agg(r.nome, r.piso) as de from audit.regras r
), fechados as materialized (
  select f.* from audit_interno.lista_fechados() as f
), espera as (
  select d.id, d.regra, d.especie, d.mudanca, audit_interno.faixa_confianca(d.confianca) as faixa,
    audit_interno.pede_duas(d, (select valor from dupla)) as duas, d.valores_digitados is not null as digitada, d.status as situacao, audit_interno.fornecedor_grupo(d) as fornecedor, d.encaminhada_para,
    audit_interno.e_improvavel(d, ((select de from pisos) ->> d.regra)::numeric) as improvavel,
    audit_interno.e_fechado(d.mes, d.filial, (select f.todos from fechados f), (select f.parciais from fechados f), (select f.itens from fechados f)) as fechado, d.valor_em_risco, d.confianca, d.detectada_em
  from audit.divergencias_processadas d
  where audit.aguarda_pessoa(d.status) and (d.adiada_ate is null or d.adiada_ate <= (select audit.hoje()))
), grupo as (
  select e.regra, e.especie, e.mudanca, e.faixa, e.digitada, e.situacao, e.fornecedor, e.encaminhada_para, e.improvavel, count(*) as quantidade,
    sum(e.valor_em_risco) as valor, count(*) filter (where e.duas) as duas_pessoas,
    count(*) filter (where e.fechado) as fechadas, min(e.confianca) as confianca_de,
    max(e.confianca) as confianca_ate, min(e.detectada_em) as mais_antiga, max(e.id) as ultima,
    (array_agg(e.id))[1:5] as amostra
  from espera e
  group by e.regra, e.especie, e.mudanca, e.faixa, e.digitada, e.situacao, e.fornecedor, e.encaminhada_para, e.improvavel
), parecida as (
  select d.regra, d.especie, d.mudanca, audit_interno.faixa_confianca(d.confianca) as faixa, audit_interno.fornecedor_grupo(d) as fornecedor,
    count(*) as decididas, count(*) filter (where v.certo) as certas
  from audit_interno.vereditos v
  join audit.divergencias_processadas d on d.id = v.divergencia_id
  group by 1, 2, 3, 4, 5
)
select audit_interno.chave_grupo(g.regra, g.especie, g.mudanca, g.faixa, g.digitada, g.situacao, g.fornecedor, g.encaminhada_para, g.improvavel) as grupo, g.regra,
  g.especie, g.mudanca, g.fornecedor, g.situacao, g.quantidade, g.valor, g.duas_pessoas, g.confianca_de, g.confianca_ate,
  g.mais_antiga, coalesce(p.decididas, 0) as parecidas_decididas, coalesce(p.certas, 0) as parecidas_certas, g.amostra,
  jsonb_build_object('quantidade', g.quantidade, 'ate', g.ultima,
    'decisao', coalesce((select max(c.id) from audit.decisoes c), 0)) as visto,
  g.encaminhada_para, coalesce(g.encaminhada_para = any ((select array_append(q.papeis, q.nome) from audit.quem_sou() as q)::text[]), false) as para_mim,
  g.improvavel, g.fechadas
from grupo g
left join parecida p on p.regra = g.regra and p.faixa = g.faixa
  -- column by column: a comparison of rows prints differently after a restore, and verificar would report the view
  and p.especie is not distinct from g.especie and p.mudanca is not distinct from g.mudanca and p.fornecedor is not distinct from g.fornecedor;
comment on view audit.vw_grupos_abertos is 'What waits for a person, in groups that one decision may take together (audit.decidir_grupo): same rule, kind, change and direction, confidence band, status and whom it was forwarded to; if nothing is proposed, same supplier; values that a person typed apart. Postponed findings are in no group until their day.';
comment on column audit.vw_grupos_abertos.grupo is 'Name of the group, for audit.decidir_grupo.';
comment on column audit.vw_grupos_abertos.regra is 'Rule that found them.';
comment on column audit.vw_grupos_abertos.especie is 'Kind that the rule names in its evidence, such as fator_100; null if it names none.';
comment on column audit.vw_grupos_abertos.mudanca is 'What would change: "categoria → Trade Marketing", "valor diminui"; null where nothing is proposed.';
comment on column audit.vw_grupos_abertos.fornecedor is 'Supplier (code, or else name) if nothing is proposed and the rule registers it among colunas_identidade; otherwise null.';
comment on column audit.vw_grupos_abertos.situacao is 'aberta, aguardando_segunda_aprovacao or falha.';
comment on column audit.vw_grupos_abertos.quantidade is 'How many findings.';
comment on column audit.vw_grupos_abertos.valor is 'Amount at stake in BRL, all together.';
comment on column audit.vw_grupos_abertos.duas_pessoas is 'How many of them take two people to approve.';
comment on column audit.vw_grupos_abertos.confianca_de is 'Lowest confidence, 0 to 1.';
comment on column audit.vw_grupos_abertos.confianca_ate is 'Highest confidence, 0 to 1.';
comment on column audit.vw_grupos_abertos.mais_antiga is 'When the oldest of them was first found.';
comment on column audit.vw_grupos_abertos.parecidas_decididas is 'How many similar findings (rule, kind, change, band, supplier) people have decided so far.';
comment on column audit.vw_grupos_abertos.parecidas_certas is 'How many of those were right.';
comment on column audit.vw_grupos_abertos.amostra is 'Up to five of them, in no particular order.';
comment on column audit.vw_grupos_abertos.visto is 'What is shown here, for audit.decidir_grupo: quantidade, ate (highest id) and decisao (the last decision then).';
comment on column audit.vw_grupos_abertos.encaminhada_para is 'Whom they were forwarded to (audit.encaminhar): a person or a role; null if to nobody.';
comment on column audit.vw_grupos_abertos.improvavel is 'Whether they are probably not errors: proposals with a confidence up to audit.regras.piso.';
comment on column audit.vw_grupos_abertos.fechadas is 'How many of them lie in a closed period, where nothing is written.';
comment on column audit.vw_grupos_abertos.para_mim is 'Whether encaminhada_para is the caller or one of the caller''s roles.';
grant select on audit_interno.vereditos to conferente_leitor;
