using System.Globalization;
using System.Text;

namespace RedisTls;

/// <summary>The server's data: strings by name. A value is never changed in place, so a reply may hold on to it while a newer one is stored.</summary>
internal sealed class KeyValueStore
{
    private readonly Dictionary<string, byte[]> _values = new(StringComparer.Ordinal);
    private readonly Lock _sync = new();

    public int Count
    {
        get
        {
            lock (_sync) return _values.Count;
        }
    }

    /// <summary>Keys are bytes; Latin-1 turns them into text and back without loss.</summary>
    public static string ToKey(byte[] name) => Encoding.Latin1.GetString(name);

    public byte[]? Get(byte[] name)
    {
        string key = ToKey(name);
        lock (_sync) return _values.GetValueOrDefault(key);
    }

    public void Set(byte[] name, byte[] value)
    {
        string key = ToKey(name);
        lock (_sync) _values[key] = value;
    }

    /// <summary>Sets the value if there is one already, or if there is none, as <paramref name="mustExist"/> says.</summary>
    public bool TrySet(byte[] name, byte[] value, bool mustExist)
    {
        string key = ToKey(name);
        lock (_sync)
        {
            if (_values.ContainsKey(key) != mustExist) return false;
            _values[key] = value;
            return true;
        }
    }

    public bool Delete(byte[] name)
    {
        string key = ToKey(name);
        lock (_sync) return _values.Remove(key);
    }

    public bool Contains(byte[] name)
    {
        string key = ToKey(name);
        lock (_sync) return _values.ContainsKey(key);
    }

    /// <summary>Adds to a number, in one step whatever other clients do; <see langword="null"/> if the value is none or would not fit.</summary>
    public long? Add(byte[] name, long difference)
    {
        string key = ToKey(name);
        lock (_sync)
        {
            long number = 0;
            if (_values.TryGetValue(key, out byte[]? value) && !RespNumber.TryParse(value, out number)) return null;
            long sum = unchecked(number + difference);
            if ((difference > 0 && sum < number) || (difference < 0 && sum > number)) return null;
            _values[key] = Encoding.ASCII.GetBytes(sum.ToString(CultureInfo.InvariantCulture));
            return sum;
        }
    }

    public void Clear()
    {
        lock (_sync) _values.Clear();
    }
}
