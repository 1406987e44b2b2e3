-- The trail as a file of JSON lines that can be proven without this database: each text of which a digest was taken, in the order of the
-- digests, under the settings of audit_interno.resumo_operacao. docs/trust.md describes the format; src/trail reads it. Definer, because
-- nobody may read the head of the chain; the rest any reader may.
create or replace function audit.trilha()
returns table (linha text)
language sql
stable security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
  with seladas as (
    select o.id, o.elo from audit.operacoes o where o.elo is not null
  ), vista as (
    -- where the last detection waits for its seal, no sealed one describes the finding as it is now
    select x.operacao_id, x.divergencia_id, x.elo
    from (
      select d.operacao_id, d.divergencia_id, o.elo,
        lead(true) over (partition by d.divergencia_id order by o.elo nulls last, f.ordem nulls last, d.operacao_id) is null as ultima
      from audit.deteccoes d
      join audit.operacoes o on o.id = d.operacao_id
      left join audit_interno.fila_selos f on f.operacao_id = o.id
    ) as x
    where x.ultima and x.elo is not null
  )
  select l.linha
  from (
    select 0::bigint as elo, 0 as parte, 0::bigint as ordem, json_build_object('trilha', 'conferente', 'versao', 1, 'elo', c.elo,
      'selo', encode(c.selo, 'hex'), 'pendentes', (select count(*) from audit_interno.fila_selos), 'lida_em', now())::text as linha
    from (select 1) as uma
    left join audit_interno.cadeia c on true
    union all
    select o.elo, 0, o.id, json_strip_nulls(json_build_object('elo', o.elo,
      'operacao', row(o.id, o.tipo, o.status, o.sessao_id, o.regra, o.iniciada_em, o.finalizada_em, o.linhas)::text,
      'autoria', row(o.ator, o.motivo)::text, 'detalhes', o.detalhes::text, 'sais', json_build_array(coalesce(encode(l.autoria, 'hex'), ''), coalesce(encode(l.detalhes, 'hex'), '')),
      'esquecida', case when qa.resumo is not null then json_build_object('por', qa.esquecimento_id, 'resumo', encode(qa.resumo, 'hex')) end,
      'detalhes_esquecidos', case when qd.resumo is not null then json_build_object('por', qd.esquecimento_id, 'resumo', encode(qd.resumo, 'hex')) end,
      'resumo', encode(o.resumo, 'hex'), 'selo_anterior', encode(o.selo_anterior, 'hex'), 'selo', encode(o.selo, 'hex'),
      'arquivada', case when f.operacao_id is not null then json_build_object('por', f.arquivamento_id, 'fatos', f.fatos, 'deteccao', encode(f.deteccoes, 'hex'),
        'alteracao', encode(f.alteracoes, 'hex'), 'desfeita', encode(f.correcoes_desfeitas, 'hex'), 'estado', encode(f.estados, 'hex')) end))::text
    from audit.operacoes o
    left join audit_interno.fatos_arquivados f on f.operacao_id = o.id
    left join audit_interno.sais l on l.operacao_id = o.id
    left join audit_interno.fatos_esquecidos qa on qa.operacao_id = o.id and qa.parte = 'autoria' and qa.fato_id = o.id
    left join audit_interno.fatos_esquecidos qd on qd.operacao_id = o.id and qd.parte = 'detalhes' and qd.fato_id = o.id
    where o.elo is not null
    union all
    select s.elo, 1, d.divergencia_id, case when p.id is null
      then json_build_object('deteccao', row(d.divergencia_id, d.confianca, d.resumo)::text)::text
      else json_build_object('deteccao', row(d.divergencia_id, d.confianca, d.resumo)::text,
        -- the texts whose digests audit_interno.identidade and resumo_achado take
        'identidade', jsonb_build_array(p.regra, p.tabela, p.registro_id, audit_interno.valores_canonicos(p.valores_propostos),
          case when p.valores_propostos = '{}' then p.evidencia ->> 'tipo' end, audit_interno.valores_canonicos(p.entrada))::text,
        'impressao', encode(p.impressao, 'hex'),
        'achado', row(p.confianca, p.evidencia, p.justificativa, p.valor_em_risco, p.valor_decisao, p.hash_regra, p.valores_originais,
          extract(epoch from p.detectada_em))::text)::text end
    from audit.deteccoes d
    join seladas s on s.id = d.operacao_id
    left join vista v on v.operacao_id = d.operacao_id and v.divergencia_id = d.divergencia_id
    left join audit.divergencias_processadas p on p.id = v.divergencia_id
    union all
    select s.elo, 2, a.divergencia_id,
      json_build_object('alteracao', row(a.divergencia_id, a.reverte_operacao_id, a.antes, a.depois)::text)::text
    from audit.alteracoes a
    join seladas s on s.id = a.operacao_id
    union all
    select s.elo, 3, c.id, json_strip_nulls(json_build_object('decisao', row(c.id, c.divergencia_id, c.tipo, c.valores, c.ate, c.confianca, c.decidida_em)::text,
      'autoria', row(c.ator, c.motivo, c.para, c.antes)::text, 'esquecida', case when q.resumo is not null then json_build_object('por', q.esquecimento_id, 'resumo', encode(q.resumo, 'hex')) end))::text
    from audit.decisoes c
    join seladas s on s.id = c.operacao_id
    left join audit_interno.fatos_esquecidos q on q.operacao_id = c.operacao_id and q.parte = 'decisao' and q.fato_id = c.id
    union all
    select s.elo, 4, e.id, json_strip_nulls(json_build_object('excecao', row(e.id, e.regra, e.tabela, e.registro_id, e.entrada, e.criada_em, e.expira_em)::text,
      'autoria', row(e.motivo, e.autor)::text, 'esquecida', case when q.resumo is not null then json_build_object('por', q.esquecimento_id, 'resumo', encode(q.resumo, 'hex')) end))::text
    from audit.excecoes e
    join seladas s on s.id = e.operacao_id
    left join audit_interno.fatos_esquecidos q on q.operacao_id = e.operacao_id and q.parte = 'excecao' and q.fato_id = e.id
    union all
    select s.elo, 5, u.divergencia_id, json_build_object('desfeita', row(u.divergencia_id, u.correcao_operacao_id, u.situacao, u.esperado,
      u.agora, u.carregado_em)::text)::text
    from audit.correcoes_desfeitas u
    join seladas s on s.id = u.operacao_id
    union all
    select s.elo, 6, m.id, json_build_object('estado', row(m.id, m.tabela, m.chaves, m.resumos,
      case when m.sal is null then coalesce(m.autoria, convert_to(m.autor, 'UTF8')) else sha256(m.sal || convert_to(m.autor, 'UTF8')) end)::text)::text
    from audit_interno.estados m
    join seladas s on s.id = m.operacao_id
    union all
    select c.elo, 7, c.operacao_id, json_build_object('carimbo', translate(encode(c.token, 'base64'), chr(10), ''))::text
    from audit_interno.carimbos c
    join seladas s on s.id = c.operacao_id
  ) as l
  order by l.elo, l.parte, l.ordem
$$;
comment on function audit.trilha() is
  'The sealed trail as lines of JSON, from the beginning of the chain: what conferente exportar --formato trilha writes. conferente verificar --arquivo proves it without this database. Reads every audit fact: bounded by statement_timeout.';
grant execute on function audit.trilha() to conferente_leitor;
