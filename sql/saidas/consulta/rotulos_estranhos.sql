-- The labels, of the settings that name categories or as given, that no entry of dw.lancamentos has, each with the most similarly spelled
-- categories and the numbers of their entries. Nothing while the ledger cannot be read or is empty. Called by audit.alterar_configuracao
-- and audit.salvar_sucessora, which warn, and by the diagnosis.
create or replace function audit_interno.rotulos_estranhos(chave text default null, rotulos text[] default null)
returns table (configuracao text, rotulo text, proximos text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_relacao regclass := audit_interno.relacao('dw.lancamentos');
  v_tem boolean;
begin
  if v_relacao is null then
    return;
  end if;
  begin
    select x.tem into v_tem from audit_interno.ler('select exists (select categoria from dw.lancamentos)') as x (tem boolean);
  exception when insufficient_privilege or undefined_column then
    return; -- the diagnosis reports it
  end;
  if not v_tem then
    return;
  end if;
  return query
  with pedido as (
    select c.chave, r.rotulo
    from audit.configuracoes_sistema c
    cross join lateral jsonb_array_elements_text(case jsonb_typeof(c.valor) when 'array' then c.valor else jsonb_build_array(c.valor) end) as r (rotulo)
    where c.chave in ('trade_marketing.categoria', 'pendente.rotulos') and c.chave = coalesce(rotulos_estranhos.chave, c.chave)
      and r.rotulo is not null and rotulos_estranhos.rotulos is null
    union all
    select null, u from unnest(rotulos_estranhos.rotulos) as u
  )
  select p.chave, p.rotulo, x.proximos
  from pedido p
  join audit_interno.ler(
    'select r.rotulo, (
       select string_agg(format(''%s (%s)'', m.rotulo, m.lancamentos), '', '' order by m.n)
       from regras.rotulos_proximos(r.rotulo, 3) with ordinality as m (rotulo, lancamentos, n)),
       exists (select from regras.rotulos_proximos(r.rotulo, 1) m where audit_interno.dobrar_categoria(m.rotulo) = audit_interno.dobrar_categoria(r.rotulo))
     from (select distinct u as rotulo from unnest($2) as u) as r',
    null, array(select q.rotulo from pedido q)) as x (rotulo text, proximos text, existe boolean) on x.rotulo = p.rotulo
  where not x.existe;
end
$$;
comment on function audit_interno.rotulos_estranhos(text, text[]) is 'Labels of the settings, or of those given, that no entry has, with the most similar ones in the ledger.';
