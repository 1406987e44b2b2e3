-- Why a rule may not correct by itself, whatever an administrator has set: it is refuted, or neither proven nor left with anything of a
-- grant. Null when it may. The sentence ends with the way out.
create or replace function audit_interno.porque_nao(regra audit.regras)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when (porque_nao.regra).prova = 'refutada' then format(
      'está refutada: %s%s, acima do tolerado. Volta a corrigir sozinha quando novas respostas a provarem: conferente regras --auto %s --motivo …',
      format('de %s respostas no limiar ou acima, %s%% erradas', (porque_nao.regra).respostas, round(coalesce((porque_nao.regra).erro_observado, 0) * 100, 1)),
      case when (porque_nao.regra).automaticas_revertidas > 0 then format(', e %s correções automáticas revertidas por erro', (porque_nao.regra).automaticas_revertidas) end,
      (porque_nao.regra).nome)
    when (porque_nao.regra).prova = 'sem_prova' and (resto.correcoes <= 0 or resto.valor <= 0) then format(
      '%s. Para conceder sem prova: conferente regras --auto %s --correcoes N --valor R$ --motivo …',
      case when (porque_nao.regra).concedida_em is null then 'ainda não está provada, e nada foi concedido a ela'
        else format('ainda não está provada, e a concessão acabou (%s correções e %s)', (porque_nao.regra).concessao_correcoes, audit_interno.reais((porque_nao.regra).concessao_valor)) end,
      (porque_nao.regra).nome)
  end
  from audit_interno.resto_concessao(porque_nao.regra) as resto
$$;
comment on function audit_interno.porque_nao(audit.regras) is 'Why the rule may not correct by itself, or null.';
