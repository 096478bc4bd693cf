namespace StreamPipes.Fuzzing.Tls;

/// <summary>What is done to a record of the peer.</summary>
internal enum EditKind
{
    /// <summary>A byte of it is another.</summary>
    Flip,

    /// <summary>Its type is another.</summary>
    Retype,

    /// <summary>It says that it has another length.</summary>
    Relength,

    /// <summary>It ends early, and what follows it comes at once.</summary>
    Truncate,

    Drop,

    Repeat,

    /// <summary>It comes after the one that follows it, if that is written together with it.</summary>
    Swap,

    /// <summary>Bytes of the fuzzer come before it.</summary>
    Insert,

    /// <summary>A record of the fuzzer comes before it, with a right header.</summary>
    InsertRecord,

    /// <summary>It is cut off, and then comes the end.</summary>
    Cut,
}

/// <summary>One edit: of which record, at which place of it, and with what.</summary>
internal sealed record RecordEdit(EditKind Kind, int Record, int Place, byte Value, byte[] Bytes)
{
    private const int Kinds = 10;

    /// <summary>Whether the reader may wait for what never comes: then the end comes after it.</summary>
    public bool MayStall => Kind is EditKind.Relength or EditKind.Truncate or EditKind.Drop or EditKind.Insert or EditKind.Cut || (Kind == EditKind.Flip && Place is 3 or 4);

    public static RecordEdit Read(FuzzBytes bytes)
    {
        EditKind kind = (EditKind)(bytes.Next() % Kinds);
        int record = bytes.Next() % 16;
        int place = bytes.NextLength();
        byte value = bytes.Next();
        return new RecordEdit(kind, record, place, value, kind is EditKind.Insert or EditKind.InsertRecord ? bytes.Take(place) : []);
    }
}
