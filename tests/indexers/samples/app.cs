#:package Shop.Sdk
#:property SignAssembly=false

Console.WriteLine(Total(2));

int Total(int count)
{
    return count * Price;
}
