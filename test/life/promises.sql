-- The promises of the design, each as a query for what breaks it. Checked after every command, in one statement.
-- p_whole: a session that has just looked at everything, alone; then what it should have found is checked too.
create function life.breaks(p_whole bigint default null) returns table (promise text, break text) language plpgsql stable set plan_cache_mode = force_generic_plan as $f$
begin
  return query
  with image as materialized (
    select a.operacao_id, a.divergencia_id, a.reverte_operacao_id, a.antes, a.depois, o.tipo, o.sessao_id, o.ator, o.iniciada_em, o.finalizada_em,
      d.regra, d.registro_id, d.entrada, d.valores_originais, d.valores_propostos, d.valor_decisao, d.mes,
      lead(a.operacao_id) over (partition by a.divergencia_id order by a.operacao_id) is null as last,
      -- the amount is the one that was decided by: found again, the finding has that of today
      not exists (select from audit.deteccoes x where x.divergencia_id = a.divergencia_id and x.operacao_id > a.operacao_id) as not_seen_since,
      -- each rollback after the correction flips the state
      a.reverte_operacao_id is null or (
        select count(*) from audit.alteracoes p
        where p.divergencia_id = a.divergencia_id and p.operacao_id <= a.operacao_id and p.reverte_operacao_id is not null and p.operacao_id > (
          select max(c.operacao_id) from audit.alteracoes c
          where c.divergencia_id = a.divergencia_id and c.operacao_id < a.operacao_id and c.reverte_operacao_id is null)) % 2 = 0 as stands
    from audit.alteracoes a
    join audit.operacoes o on o.id = a.operacao_id
    join audit.divergencias_processadas d on d.id = a.divergencia_id
  ), answer as materialized (
    select distinct on (c.divergencia_id) c.divergencia_id, c.tipo, c.ator
    from audit.decisoes c where audit_interno.responde(c.tipo) order by c.divergencia_id, c.id desc
  ), span as materialized (
    -- for each session's images: the settings in force at some time between its first act and the image
    select o.sessao_id, min(o.id) as began from audit.operacoes o where o.sessao_id is not null group by o.sessao_id
  ), touched as materialized (
    -- all other entries are what they were, and nothing says that they changed
    select l.registro from life.log l
    union
    select i.registro_id from image i
    union
    select coalesce(t.id, r.id)::text from dw.lancamentos t full join life.rows r on r.id = t.id where t::text is distinct from r.row
  ), found as materialized (
    select o.sessao_id, d.regra, count(*) as n
    from audit.deteccoes x join audit.operacoes o on o.id = x.operacao_id join audit.divergencias_processadas d on d.id = x.divergencia_id
    group by o.sessao_id, d.regra
  ), limit_rule as materialized (
    select o.id, o.regra, (o.detalhes #>> '{depois,limiar}')::numeric as limiar from audit.operacoes o where o.tipo = 'regra'
  )
  -- Atomic, and nothing is written unseen: an entry's first state, and its state after each change, from outside or by us, must be its
  -- state before the next change, or its state now. No amount is lost, and nothing is written twice or over something unknown.
  select 'the books balance', format('row %s %s: %s %s × %s', s.registro, s.entrada, s.coluna, s.valor, sum(s.n))
  from (
    select x.registro, x.entrada, x.coluna, x.valor, 1 as n from life.start x where x.registro in (select t.registro from touched t)
    union all select l.registro, l.entrada, l.coluna, l.depois, 1 from life.log l where l.depois is not null
    union all select l.registro, l.entrada, l.coluna, l.antes, -1 from life.log l where l.antes is not null
    union all select i.registro_id, i.entrada, k.key, coalesce(k.value, '∅'), 1 from image i cross join jsonb_each_text(i.depois) k
    union all select i.registro_id, i.entrada, k.key, coalesce(k.value, '∅'), -1 from image i cross join jsonb_each_text(i.antes) k
    union all select p.registro, p.entrada, p.coluna, p.valor, -1 from life.picture(array(select t.registro::bigint from touched t)) p
  ) as s
  group by s.registro, s.entrada, s.coluna, s.valor having sum(s.n) <> 0
  union all
  -- What was asked is what is there
  select 'images say what was asked', format('operation %s (%s), finding %s: %s → %s', i.operacao_id, i.tipo, i.divergencia_id, i.antes, i.depois)
  from image i
  left join audit.decisoes c on c.operacao_id = i.operacao_id and c.divergencia_id = i.divergencia_id
  where i.reverte_operacao_id is null and (i.depois <> coalesce(c.valores, i.valores_propostos)
    or c.valores is null and i.antes <> i.valores_originais or i.tipo not in ('correcao', 'aprovacao'))
  union all
  select 'a rollback is exact', format('operation %s takes %s back, finding %s: %s → %s', i.operacao_id, i.reverte_operacao_id, i.divergencia_id, i.antes, i.depois)
  from image i
  left join audit.alteracoes a on a.operacao_id = i.reverte_operacao_id and a.divergencia_id = i.divergencia_id
  where i.reverte_operacao_id is not null and (a.operacao_id is null or i.antes <> a.depois or i.depois <> a.antes)
  union all
  select 'taken back once', format('finding %s, operation %s', i.divergencia_id, i.reverte_operacao_id)
  from image i where i.reverte_operacao_id is not null group by i.divergencia_id, i.reverte_operacao_id having count(*) > 1
  union all
  -- Optimistic: written only over the entry as it was when the rule decided
  select 'nothing written over what moved', format('operation %s, finding %s: descricao %s, was %s', i.operacao_id, i.divergencia_id, w.depois, d.evidencia ->> 'descricao')
  from image i
  join audit.divergencias_processadas d on d.id = i.divergencia_id
  cross join lateral (
    select l.depois from life.log l
    where l.registro = i.registro_id and l.entrada = i.entrada and l.coluna = 'descricao' and l.depois_de < i.operacao_id
    order by l.ctid desc limit 1) as w
  where i.reverte_operacao_id is null and i.regra = 'rotulo' and w.depois is not null and w.depois <> coalesce(d.evidencia ->> 'descricao', '∅')
    and not exists (select from audit.decisoes c where c.operacao_id = i.operacao_id and c.divergencia_id = i.divergencia_id and c.valores is not null)
  union all
  select 'status says what is there', format('finding %s is %s, its last image %s of %s', d.id, d.status, i.operacao_id, i.tipo)
  from audit.divergencias_processadas d
  left join image i on i.divergencia_id = d.id and i.last
  left join answer w on w.divergencia_id = d.id
  where case d.status
    when 'corrigida' then i.divergencia_id is null or not i.stands
    when 'revertida' then w.tipo is null or w.tipo not in ('reversao', 'reversao_por_erro') or i.stands and exists (
      select from image r where r.divergencia_id = d.id and r.tipo = 'reversao' and r.operacao_id > i.operacao_id)
    -- a correction in force is not forgotten, unless it was seen undone, or was gone before it was rolled back
    else i.stands
      and not exists (select from audit.correcoes_desfeitas u where u.divergencia_id = d.id and u.correcao_operacao_id = i.operacao_id)
      and not exists (
        select from audit.decisoes c
        where c.divergencia_id = d.id and c.operacao_id > i.operacao_id and c.tipo in ('reversao', 'reversao_por_erro')
          and not exists (select from audit.alteracoes a where a.operacao_id = c.operacao_id and a.divergencia_id = d.id))
      and not exists (select from life.log l where l.registro = d.registro_id and l.entrada = d.entrada and l.depois is null)
    end
  union all
  -- Counters
  select 'counters', format('session %s, rule %s: %s', e.sessao_id, e.regra, x.which)
  from audit.execucoes_regra e
  cross join lateral (values
    ('encontradas', e.encontradas, coalesce((select f.n from found f where f.sessao_id = e.sessao_id and f.regra = e.regra), 0)),
    ('corrigidas', e.corrigidas, (select coalesce(sum(case i.tipo when 'correcao' then 1 else -1 end), 0) from image i
      where i.sessao_id = e.sessao_id and i.regra = e.regra and i.tipo in ('correcao', 'autoverificacao'))),
    ('novas + recorrentes', e.encontradas, e.novas + e.recorrentes)) as x (which, counted, there)
  where x.counted <> x.there
  union all
  select 'counters', format('session %s: %s corrected, its rules %s', s.id, s.corrigidas, x.corrigidas)
  from audit.sessoes_processamento s
  cross join lateral (select sum(e.corrigidas) as corrigidas, sum(e.encontradas) as encontradas, sum(e.falhas) as falhas
    from audit.execucoes_regra e where e.sessao_id = s.id) as x
  where s.status not in ('agendada', 'em_andamento') and (s.corrigidas, s.encontradas, s.falhas) is distinct from (x.corrigidas, x.encontradas, x.falhas)
  union all
  select 'counters', format('operation %s (%s): %s lines, %s there', o.id, o.tipo, o.linhas, x.n)
  from audit.operacoes o
  cross join lateral (select case
    when o.detalhes ? 'apenas' then (select count(*) from audit.correcoes_desfeitas u where u.operacao_id = o.id)
    when o.tipo = 'deteccao' then (select count(*) from audit.deteccoes d where d.operacao_id = o.id)
    when o.tipo in ('reversao', 'autoverificacao') then (select count(*) from image i where i.operacao_id = o.id)
    when o.tipo in ('aprovacao', 'rejeicao', 'confirmacao', 'reabertura', 'desfazimento') then (
      select count(*) from audit.decisoes c where c.operacao_id = o.id) end as n) as x
  where x.n <> o.linhas
  union all
  -- Shared by workers: each part done once, and joined once
  select 'each part once', format('session %s, rule %s: %s operations of part %s', o.sessao_id, o.regra, count(*), o.detalhes ->> 'parte')
  from audit.operacoes o where o.detalhes ? 'partes' group by o.sessao_id, o.regra, o.detalhes ->> 'parte' having count(*) > 1
  union all
  select 'each part once', format('session %s, rule %s: part %s is %s', p.sessao_id, p.regra, p.parte, p.status)
  from audit_interno.partes_sessao p
  left join audit.operacoes o on o.sessao_id = p.sessao_id and o.regra = p.regra and (o.detalhes ->> 'parte')::integer = p.parte
  where (p.status = 'concluida') <> (o.id is not null)
    and (select count(*) from audit_interno.partes_sessao x where x.sessao_id = p.sessao_id and x.regra = p.regra) > 1
  union all
  -- Guarded
  select 'auto keeps to its threshold', format('operation %s, finding %s: confidence %s', i.operacao_id, i.divergencia_id, c.confianca)
  from image i
  cross join lateral (
    select x.confianca from audit.deteccoes x join audit.operacoes o on o.id = x.operacao_id
    where x.divergencia_id = i.divergencia_id and o.sessao_id = i.sessao_id order by o.id desc limit 1) as c
  where i.tipo = 'correcao' and c.confianca < (
    select min(l.limiar) from limit_rule l
    where l.regra = i.regra and l.id < i.operacao_id and l.id >= (
      select max(b.id) from limit_rule b where b.regra = i.regra and b.id < (select min(o.id) from audit.operacoes o where o.sessao_id = i.sessao_id)))
  union all
  select 'auto leaves large amounts', format('operation %s, finding %s: %s', i.operacao_id, i.divergencia_id, i.valor_decisao)
  from image i
  where i.tipo = 'correcao' and i.not_seen_since and coalesce(i.valor_decisao >= (
    select max(s.valor) from life.in_force('aprovacao.valor_dupla', (select p.began from span p where p.sessao_id = i.sessao_id), i.operacao_id) s (valor)), true)
  union all
  select 'auto keeps to its limits', format('session %s: %s corrections', x.sessao_id, x.n)
  from (select i.sessao_id, count(*) as n, max(i.operacao_id) as operacao_id from image i where i.tipo = 'correcao' group by i.sessao_id) as x
  where x.n > (
    select max(s.valor) from life.in_force('limites.linhas', (select p.began from span p where p.sessao_id = x.sessao_id), x.operacao_id) s (valor))
  union all
  select 'auto keeps to what was granted', format('rule %s: %s corrections of %s', r.nome, x.n, r.concessao_correcoes)
  from audit.regras r
  cross join lateral (
    select count(*) - count(*) filter (where exists (
      select from image b where b.tipo = 'autoverificacao' and b.reverte_operacao_id = i.operacao_id and b.divergencia_id = i.divergencia_id)) as n
    from image i where i.tipo = 'correcao' and i.regra = r.nome and i.iniciada_em >= r.concedida_em) as x
  where r.concessao_correcoes < x.n
  union all
  select 'manual sessions and rules without auto only look', format('session %s, rule %s', s.id, i.regra)
  from image i join audit.sessoes_processamento s on s.id = i.sessao_id where i.tipo = 'correcao' and (s.modo = 'manual' or i.regra = 'duvida')
  union all
  select 'closed months stay as they are', format('operation %s wrote into %s', i.operacao_id, p.mes)
  from image i
  join audit.periodos p on p.mes = i.mes and (p.filial is null or p.filial = 'Matriz')
  where p.fechado_em <= i.iniciada_em and (p.reaberto_em is null or p.reaberto_em >= i.finalizada_em)
  union all
  select 'auto writes no value that the ledger does not know', format('operation %s, finding %s: %s', i.operacao_id, i.divergencia_id, i.depois)
  from image i
  where i.tipo = 'correcao' and i.depois ->> 'categoria' = 'NOVA' and not exists (select from life.log l where l.depois = 'NOVA')
    and not exists (
      select from audit.decisoes c join audit.divergencias_processadas d on d.id = c.divergencia_id
      where c.tipo in ('aprovacao', 'segunda_aprovacao') and c.operacao_id < i.operacao_id
        and coalesce(c.valores, d.valores_propostos) ->> 'categoria' = 'NOVA')
  union all
  select 'what was undone again and again is a person''s', format('operation %s, finding %s', i.operacao_id, i.divergencia_id)
  from image i
  where i.tipo = 'correcao' and (
    select count(*) from audit.correcoes_desfeitas u where u.divergencia_id = i.divergencia_id and u.operacao_id < i.operacao_id and u.situacao <> 'ausente') >= (
    select max(s.valor) from life.in_force('sessao.desfeitas_maximo', (select p.began from span p where p.sessao_id = i.sessao_id), i.operacao_id) s (valor))
  union all
  select 'a person''s last word holds against auto', format('operation %s, finding %s after %s', i.operacao_id, i.divergencia_id, c.tipo)
  from image i
  cross join lateral (
    select x.tipo, x.valores from audit.decisoes x
    where x.divergencia_id = i.divergencia_id and x.operacao_id < i.operacao_id and audit_interno.responde(x.tipo) order by x.id desc limit 1) as c
  where i.tipo = 'correcao' and (c.tipo in ('rejeicao', 'confirmacao', 'correcao_manual', 'reversao', 'reversao_por_erro', 'desfazimento') or c.valores is not null)
  union all
  -- Two pairs of eyes
  select 'two pairs of eyes', format('operation %s, finding %s of %s: %s by %s', i.operacao_id, i.divergencia_id, i.valor_decisao, c.tipo, c.ator)
  from image i
  join audit.decisoes c on c.operacao_id = i.operacao_id and c.divergencia_id = i.divergencia_id
  left join lateral (
    select x.ator, x.tipo from audit.decisoes x
    where x.divergencia_id = c.divergencia_id and x.id < c.id and x.tipo in ('aprovacao', 'correcao_manual') order by x.id desc limit 1) as p on true
  where (i.tipo = 'aprovacao' or i.tipo = 'reversao' and i.stands)
    and (c.tipo = 'segunda_aprovacao' and c.ator is not distinct from p.ator
      or c.tipo <> 'segunda_aprovacao' and (c.valores is not null or i.not_seen_since and coalesce(i.valor_decisao >= (
        select max(s.valor) from life.in_force('aprovacao.valor_dupla', i.operacao_id, i.operacao_id) s (valor)), true)))
  union all
  -- One finding, once
  select 'counted once', format('finding %s in session %s', x.divergencia_id, o.sessao_id)
  from audit.deteccoes x join audit.operacoes o on o.id = x.operacao_id group by x.divergencia_id, o.sessao_id having count(*) > 1
  union all
  select 'a person''s word is kept', format('finding %s is %s after %s', d.id, d.status, w.tipo)
  from audit.divergencias_processadas d join answer w on w.divergencia_id = d.id
  where d.status <> all (case w.tipo
    when 'rejeicao' then '{rejeitada}'::text[] when 'confirmacao' then '{resolvida}' when 'reversao_por_erro' then '{revertida}'
    when 'correcao_manual' then '{aguardando_segunda_aprovacao,aberta,obsoleta,resolvida}' else array[d.status] end)
  union all
  select 'what waits for a second person names the first', format('finding %s', d.id)
  from audit.divergencias_processadas d where d.status = 'aguardando_segunda_aprovacao' and d.proposta_por is null
  union all
  -- Never silent
  select 'never silent', format('session %s is %s', s.id, s.status)
  from audit.sessoes_processamento s
  where s.status = 'concluida' and (s.falhas > 0 or s.limite_atingido is not null or s.desfeitas > 0
      or exists (select from audit.execucoes_regra e where e.sessao_id = s.id and e.status in ('falhou', 'pulada')))
    or s.status in ('concluida', 'concluida_com_falhas', 'falhou')
      and not exists (select from audit.notificacoes n where n.sessao_id = s.id and n.tipo = 'resumo')
  union all
  -- Traceable
  select 'rules are traceable', format('finding %s: %s', d.id, d.hash_regra)
  from audit.divergencias_processadas d where not exists (select from audit.codigos_regra c where c.hash = d.hash_regra)
  union all
  -- Append-only, sealed
  select 'every act is sealed', format('operation %s (%s) %s', o.id, o.tipo, o.status)
  from audit.operacoes o
  where o.finalizada_em is null or o.elo is null and not exists (select from audit_interno.fila_selos f where f.operacao_id = o.id)
  union all
  select 'the chain has no gap', format('link %s', x.elo)
  from (select o.elo, o.selo_anterior, lag(o.selo) over w as anterior, row_number() over w as n
    from audit.operacoes o where o.elo is not null window w as (order by o.elo)) as x
  where x.elo <> x.n or x.selo_anterior <> x.anterior
  union all
  -- The schedule: one due time a day, whatever the clock does
  select 'once a day', format('%s: %s', (a.previsto_para at time zone 'Europe/Lisbon')::date, count(*))
  from audit.agendamentos a group by 1, (a.previsto_para at time zone 'Europe/Lisbon')::date having count(*) > 1
  union all
  -- A session over everything has seen everything
  select 'a whole session finds what is wrong, and closes what is not', format('rule %s, row %s: %s', x.regra, x.registro_id, x.what)
  from audit.execucoes_regra e
  cross join lateral (
    select e.regra, f.registro_id, 'not found' as what
    from life.found(e.regra) f join dw.lancamentos t on t.id = f.registro_id::bigint
    where not exists (
        select from audit.divergencias_processadas d
        where d.regra = e.regra and d.registro_id = f.registro_id and d.valores_propostos = f.valores_propostos
          and d.entrada = jsonb_build_object('fornecedor', t.fornecedor, 'documento', t.documento)
          and d.status in ('aberta', 'aguardando_segunda_aprovacao', 'falha', 'rejeitada', 'resolvida', 'revertida'))
      and not exists (
        select from audit.excecoes x where x.regra = e.regra and x.registro_id = f.registro_id and x.revogada_em is null)
    union all
    select e.regra, d.registro_id, 'still open'
    from audit.divergencias_processadas d
    where d.regra = e.regra and d.status = 'aberta'
      and not exists (select from life.found(e.regra) f where f.registro_id = d.registro_id and f.valores_propostos = d.valores_propostos)
    union all
    select e.regra, d.registro_id, 'twice'
    from audit.divergencias_processadas d where d.regra = e.regra and d.status = 'aberta' group by d.registro_id having count(*) > 1
    union all
    select e.regra, i.registro_id, 'corrected, and the rule still finds it'
    from image i
    join life.found(e.regra) f on f.registro_id = i.registro_id
    join audit.divergencias_processadas d on d.id = i.divergencia_id
    where i.sessao_id = p_whole and i.regra = e.regra and i.tipo = 'correcao' and d.status = 'corrigida'
  ) as x
  where e.sessao_id = p_whole and e.status = 'concluida';
end $f$;
-- A setting as it was when one operation was opened, and as it became until another was.
create function life.in_force(key text, since bigint, until bigint) returns setof numeric language sql stable as $f$
  select (o.detalhes ->> 'depois')::numeric from audit.operacoes o
  where o.tipo = 'configuracao' and o.detalhes ->> 'chave' = key and o.id < until and o.id >= coalesce((
    select max(b.id) from audit.operacoes b where b.tipo = 'configuracao' and b.detalhes ->> 'chave' = key and b.id < since), 0)
  union all
  select (c.padrao #>> '{}')::numeric from audit.configuracoes_sistema c
  where c.chave = key and not exists (
    select from audit.operacoes b where b.tipo = 'configuracao' and b.detalhes ->> 'chave' = key and b.id < since)
$f$;
-- What breaks the chain, facts and states. The schema is not checked, because points and planted faults change it.
create function life.unproved() returns table (situacao text, objeto text, esperado text, encontrado text) language sql stable
set search_path = pg_catalog, pg_temp as $f$
  select q.situacao, q.objeto, q.esperado, q.encontrado from audit_interno.quebras_cadeia() q
  union all select q.situacao, q.objeto, q.esperado, q.encontrado from audit_interno.quebras_cabeca(null, null) q
  union all select q.situacao, q.objeto, q.esperado, q.encontrado from audit_interno.quebras_fatos() q
  union all select q.situacao, q.objeto, q.esperado, q.encontrado from audit_interno.quebras_divergencias() q
  union all select q.situacao, q.objeto, q.esperado, q.encontrado from audit_interno.quebras_acesso() q
  union all select q.situacao, q.objeto, q.esperado, q.encontrado from audit_interno.quebras_estados() q
$f$;
create function life.found(rule text) returns setof audit.achado language plpgsql stable as $f$
begin
  return query execute format('select * from regra_%I.detectar(row(null, null, null, null, null)::audit.janela)', rule);
end $f$;
