-- Refuses with NC009 a successor that closes a circle, whatever its days are: when a category gets its old name back, the earlier step must
-- be switched off. Also one by which a category would begin in the month in which its own name moves on, or the other way round: nobody
-- could tell whether the old entries go one step or two. Reads audit.sucessoras_categoria; changes nothing. Called by
-- audit.salvar_sucessora, which has locked the table.
create or replace function audit_interno.conferir_sucessora(sucessora audit.sucessoras_categoria)
returns void
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_de constant text := audit_interno.dobrar_categoria(sucessora.de);
  v_circulo text;
  v_par record;
begin
  with recursive passo as (
    select audit_interno.dobrar_categoria(s.de) as de, audit_interno.dobrar_categoria(s.para) as para, min(s.para) as escrita
    from audit.sucessoras_categoria s where s.ativo
    group by 1, 2
  ), caminho as (
    select audit_interno.dobrar_categoria(sucessora.para) as em, format('"%s" → "%s"', sucessora.de, sucessora.para) as texto
    union all
    select p.para, c.texto || format(' → "%s"', p.escrita)
    from caminho c
    join passo p on p.de = c.em
    where c.em <> v_de
  ) cycle em set repetida using trilha
  select c.texto into v_circulo from caminho c where c.em = v_de limit 1;
  if v_circulo is not null then
    raise exception using errcode = 'NC009', message = format('com "%s" e "%s" as sucessoras fariam um círculo', sucessora.de, sucessora.para),
      detail = v_circulo,
      hint = 'Se um nome voltou a valer, desative antes a mudança que o tirou: conferente categorias desativar.';
  end if;

  select a.de, a.para, b.para as depois into v_par
  from audit.sucessoras_categoria a
  join audit.sucessoras_categoria b on audit_interno.dobrar_categoria(b.de) = audit_interno.dobrar_categoria(a.para)
    and date_trunc('month', b.desde::timestamp) = date_trunc('month', a.desde::timestamp)
  where a.ativo and b.ativo and sucessora.id in (a.id, b.id)
  limit 1;
  if found then
    raise exception using errcode = 'NC009', message = format('"%s" vira "%s" no mês em que "%s" vira "%s"', v_par.de, v_par.para, v_par.para, v_par.depois),
      hint = format('Se o que era "%s" está agora em "%s", registre essa mudança direto. Se o nome "%s" passou de uma categoria para a outra, dê meses diferentes às duas mudanças.',
        v_par.de, v_par.depois, v_par.para);
  end if;
end
$$;
comment on function audit_interno.conferir_sucessora(audit.sucessoras_categoria) is
  'Refuses with NC009 a successor of a category that closes a circle, or that begins in the month in which it is itself succeeded.';
