-- What people's answers say about a rule's code at its threshold: provada, refutada or sem_prova, whichever came last. A rule once refuted
-- must be proven by the answers that follow. All answers are read again each time, so that changing a setting back and forth cannot clear a
-- record. Updates the rule's row. Called by conferir_automatica, and by audit.alterar_regra.
--
-- The answers on one supplier within a session count as one answer, as wrong as the share of them that was wrong. A rule errs by supplier:
-- one misread code makes forty wrong findings in a night, and they say no more than the first. Nor do forty right ones.
--
-- Nobody looks at automatic corrections unless they are wrong, so rollbacks alone give no rate. They are compared with everything that the
-- rule corrected, as if the rest were right: that can refute a rule, and prove none. Within a session the wrong ones come first, so that the
-- right ones of the same night weigh against each of them.
create or replace function audit_interno.conferir_prova(regra text)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_regra audit.regras;
  v_erro float8 := (audit_interno.configuracao('regras.erro_tolerado') #>> '{}')::float8;
  v_x float8[];
  v_ordens bigint[];
  v_certas bigint;
  v_erradas bigint;
  v_contra float8 := 1;
  v_favor float8 := 1;
  v_provada boolean;
  v_refutada bigint; -- the number of answers when it was last refuted
  v_corrigidas_contra float8;
  v_revertida bigint; -- the last rollback of an automatic correction
  v_revertidas bigint;
  v_revertidas_refutam boolean;
begin
  select * into strict v_regra from audit.regras r where r.nome = conferir_prova.regra;
  select coalesce(array_agg(u.x order by u.ordem), '{}'), coalesce(array_agg(u.ordem order by u.ordem), '{}'),
    coalesce(sum(u.certas), 0), coalesce(sum(u.erradas), 0)
  into v_x, v_ordens, v_certas, v_erradas
  from (
    select avg((not v.certo)::int)::float8 as x, max(v.ordem) as ordem,
      count(*) filter (where v.certo) as certas, count(*) filter (where not v.certo) as erradas
    from audit_interno.vereditos v
    where v.regra = v_regra.nome and v.hash_regra = v_regra.hash_atual and v.confianca >= v_regra.limiar and v.ordem is not null
    group by v.sessao_id, v.fornecedor, case when v.fornecedor is null then v.divergencia_id end
  ) as u;
  select max(c.n) filter (where c.refuta), coalesce((array_agg(c.evidencia order by c.n desc))[1], 1)
  into v_refutada, v_contra
  from audit_interno.evidencia_contra(v_x, array_fill(1::float8, array[cardinality(v_x)]), v_erro) c;

  select max(e.ordem), count(*) into v_revertida, v_revertidas
  from audit_interno.automaticas_erradas e
  where e.regra = v_regra.nome and e.hash_regra = v_regra.hash_atual and e.confianca >= v_regra.limiar;
  if v_revertidas > 0 then
    select (array_agg(c.evidencia order by c.n desc))[1], (array_agg(c.refuta order by c.n desc))[1]
    into v_corrigidas_contra, v_revertidas_refutam
    from (
      select array_agg(p.x order by s.sessao_id, p.x desc) as x, array_agg(p.vezes::float8 order by s.sessao_id, p.x desc) as vezes
      from (
        select e.sessao_id, e.corrigidas, count(w.divergencia_id) as linhas,
          count(distinct coalesce(w.fornecedor, w.divergencia_id::text)) filter (where w.divergencia_id is not null) as erradas
        from audit.execucoes_regra e
        left join audit_interno.automaticas_erradas w on w.sessao_id = e.sessao_id and w.regra = e.regra and w.confianca >= v_regra.limiar
        where e.regra = v_regra.nome and e.hash_funcao = v_regra.hash_atual and e.corrigidas > 0
        group by e.sessao_id, e.corrigidas
      ) as s
      cross join lateral (values (0::float8, greatest(s.corrigidas - s.linhas, 0)), (1, s.erradas)) as p (x, vezes)
    ) as t
    cross join lateral audit_interno.evidencia_contra(t.x, t.vezes, v_erro) c;
    if v_revertidas_refutam then
      v_refutada := greatest(v_refutada, (select count(*) from unnest(v_ordens) as o where o <= v_revertida));
    end if;
  end if;

  select coalesce(max(f.evidencia), 1), coalesce(bool_or(f.prova), false) into v_favor, v_provada
  from audit_interno.evidencia_favor(v_x[coalesce(v_refutada, 0) + 1:], v_erro) f;
  update audit.regras r
  set prova = n.prova, respostas = n.respostas, erro_observado = n.erro_observado, certas_no_limiar = n.certas_no_limiar,
    erradas_no_limiar = n.erradas_no_limiar, automaticas_revertidas = n.automaticas_revertidas, evidencia_favor = n.evidencia_favor,
    evidencia_contra = n.evidencia_contra
  from (
    select case when v_provada then 'provada' when v_refutada is not null then 'refutada' else 'sem_prova' end as prova,
      cardinality(v_x)::bigint as respostas, (select avg(x)::numeric(5, 4) from unnest(v_x) as x) as erro_observado,
      v_certas as certas_no_limiar, v_erradas as erradas_no_limiar, v_revertidas as automaticas_revertidas,
      round(least(v_favor, 1e6)::numeric, 4) as evidencia_favor,
      round(least(greatest(v_contra, v_corrigidas_contra), 1e6)::numeric, 4) as evidencia_contra
  ) as n
  where r.nome = v_regra.nome and (r.prova, r.respostas, r.erro_observado, r.certas_no_limiar, r.erradas_no_limiar, r.automaticas_revertidas,
      r.evidencia_favor, r.evidencia_contra)
    is distinct from (n.prova, n.respostas, n.erro_observado, n.certas_no_limiar, n.erradas_no_limiar, n.automaticas_revertidas,
      n.evidencia_favor, n.evidencia_contra);
end
$$;
comment on function audit_interno.conferir_prova(text) is 'Computes again whether people''s answers prove or refute a rule, and records it in the rule.';
