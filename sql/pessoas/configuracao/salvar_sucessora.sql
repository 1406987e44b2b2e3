-- Says that a category took the place of another, or switches such a step on again. One at a time: two people could close a circle together
-- that neither sees.
create or replace function audit.salvar_sucessora(de text, para text, desde date, motivo text)
returns audit.sucessoras_categoria
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '10s'
as $$
declare
  v_sucessora audit.sucessoras_categoria;
  v_operacao bigint;
  v_estranha text;
begin
  perform audit_interno.exigir_motivo(salvar_sucessora.motivo);
  if audit_interno.dobrar_categoria(salvar_sucessora.de) = audit_interno.dobrar_categoria(salvar_sucessora.para) then
    raise exception using errcode = 'NC009', message = format('"%s" e "%s" são a mesma categoria', btrim(salvar_sucessora.de), btrim(salvar_sucessora.para)),
      hint = 'Diferenças de maiúsculas, acentos e espaços nas pontas não contam.';
  end if;
  lock table audit.sucessoras_categoria in share row exclusive mode;
  insert into audit.sucessoras_categoria as s (de, para, desde, motivo, criado_por)
  values (btrim(salvar_sucessora.de), btrim(salvar_sucessora.para), salvar_sucessora.desde, btrim(salvar_sucessora.motivo), audit_interno.ator())
  on conflict on constraint sucessoras_categoria_de_para_desde_key do update set ativo = true, motivo = excluded.motivo
  returning * into v_sucessora;
  perform audit_interno.conferir_sucessora(v_sucessora);
  v_operacao := audit_interno.abrir_operacao('sucessora', motivo => v_sucessora.motivo, detalhes => to_jsonb(v_sucessora));
  perform audit_interno.fechar_operacao(v_operacao, 1);
  select format('nenhum lançamento tem a categoria: %s (%s)', e.rotulo, coalesce('parecidas, com seus lançamentos: ' || e.proximos, 'nenhuma se parece'))
  into v_estranha from audit_interno.rotulos_estranhos(rotulos => array[v_sucessora.para]) e;
  if v_estranha is not null then
    raise warning using errcode = 'NC031', message = v_estranha,
      hint = 'A sucessora foi gravada assim; confira se está escrita como estará nos lançamentos.';
  end if;
  return v_sucessora;
exception when check_violation or not_null_violation then
  raise exception using errcode = 'NC009', message = format('sucessora recusada: %s', sqlerrm),
    hint = 'de e para são categorias dos lançamentos; desde é o dia a partir do qual vale a nova.';
end
$$;
comment on function audit.salvar_sucessora(text, text, date, text) is
  'Records that from the month of desde on, category de is called para: a rename; a merge if several categories have the same para; a split if one has several. Entries of the old category count for the new one, and the old one is no longer proposed; nothing changes in the ledger. After a split, only new entries tell which category is right, and nothing else is proposed. Errors: NC006 reason missing, NC009 empty, the same category, a circle, or a successor that ends in the same month. Warning NC031: no entry has the category para yet.';
grant execute on function audit.salvar_sucessora(text, text, date, text) to conferente_administrador;
