-- Everything that a session left undone of what was asked. Part of conteudo_mensagem.
create or replace function audit_interno.conteudo_lacunas(sessao_id bigint)
returns jsonb
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_agg(jsonb_build_object('tipo', l.tipo, 'regra', l.regra, 'texto', l.texto, 'numero', l.numero)
    order by l.ordem, l.regra), '[]')
  from (
    select 1 as ordem, 'sessao' as tipo, null as regra, s.mensagem as texto, null::bigint as numero
    from audit.sessoes_processamento s
    where s.id = conteudo_lacunas.sessao_id and s.status = 'falhou'
      -- where rules failed, the session's message only repeats them
      and not exists (select from audit.execucoes_regra e where e.sessao_id = s.id and e.status = 'falhou')
    union all
    select 2, case e.status when 'falhou' then 'regra_falhou' else 'regra_pulada' end, e.regra, coalesce(e.erro_mensagem, e.motivo), null
    from audit.execucoes_regra e
    where e.sessao_id = conteudo_lacunas.sessao_id and e.status in ('falhou', 'pulada')
    union all
    select 3, 'limite', null, s.limite_atingido, null
    from audit.sessoes_processamento s
    where s.id = conteudo_lacunas.sessao_id and s.limite_atingido is not null
    union all
    select 4, 'nenhuma_linha', null, null, 0
    from audit.sessoes_processamento s
    where s.id = conteudo_lacunas.sessao_id and s.linhas_examinadas = 0 and s.status <> 'falhou'
    union all
    -- a rule that read nothing where others read something
    select 4, 'nenhuma_linha', e.regra, null, 0
    from audit.execucoes_regra e join audit.sessoes_processamento s on s.id = e.sessao_id
    where s.id = conteudo_lacunas.sessao_id and s.linhas_examinadas > 0 and e.status = 'concluida' and e.linhas_examinadas = 0
    union all
    select 5, 'recusadas', null, null, s.falhas
    from audit.sessoes_processamento s
    where s.id = conteudo_lacunas.sessao_id and s.falhas > 0
    union all
    select 6, 'desfeitas', null, null, s.desfeitas
    from audit.sessoes_processamento s
    where s.id = conteudo_lacunas.sessao_id and s.desfeitas > 0
    union all
    select 7, 'conferencia', e.regra, e.conferencia, null
    from audit.execucoes_regra e
    where e.sessao_id = conteudo_lacunas.sessao_id and e.conferencia is not null
    union all
    select 7, 'periodo_fechado', e.regra, null, e.fechadas
    from audit.execucoes_regra e
    where e.sessao_id = conteudo_lacunas.sessao_id and e.fechadas > 0
    union all
    select 7, 'notas_recusadas', null, null, n
    from audit_interno.notas_por_ler(conteudo_lacunas.sessao_id) n
    where n > 0
    union all
    select 8, 'so_detectou', r.nome, r.automatica_perdida, null
    from audit.sessoes_processamento s join audit.regras r on r.nome = any (s.regras)
    where s.id = conteudo_lacunas.sessao_id and s.modo = 'auto' and r.automatica_perdida is not null
    union all
    select 9, 'sem_prova', r.nome, format('concedidas %s correções e %s por %s; restam %s e %s', r.concessao_correcoes,
      audit_interno.reais(r.concessao_valor), r.concedida_por, x.correcoes, audit_interno.reais(x.valor)), x.correcoes
    from audit.sessoes_processamento s join audit.regras r on r.nome = any (s.regras)
    cross join lateral audit_interno.resto_concessao(r) x
    where s.id = conteudo_lacunas.sessao_id and r.automatica and r.prova = 'sem_prova'
  ) as l
$$;
comment on function audit_interno.conteudo_lacunas(bigint) is
  'JSON array of gaps: tipo (sessao, regra_falhou, regra_pulada, limite, nenhuma_linha, recusadas, desfeitas, conferencia, periodo_fechado, notas_recusadas, so_detectou, sem_prova), regra, texto, numero.';
