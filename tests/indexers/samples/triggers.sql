-- Keeps the time of the last change.
create or replace function shop.set_updated_at()
    returns trigger as
$$
begin
    NEW.updated_at = now();
    return NEW;
end;
$$ language plpgsql;

create function trigger_updated_at(tablename regclass)
    returns void as
$$
begin
    execute format('CREATE TRIGGER set_updated_at BEFORE UPDATE ON %s
        EXECUTE FUNCTION shop.set_updated_at();', tablename);
end;
$$ language plpgsql;

create table bill (id int, updated_at timestamp);
