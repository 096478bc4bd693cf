namespace RedisTls;

/// <summary>What a reply is. The comment shows how it begins on the wire.</summary>
internal enum RespKind
{
    /// <summary><c>_</c>, or in RESP2 <c>$-1</c> and <c>*-1</c>.</summary>
    Null,

    /// <summary><c>+</c>.</summary>
    SimpleString,

    /// <summary><c>-</c>.</summary>
    Error,

    /// <summary><c>:</c>.</summary>
    Integer,

    /// <summary><c>$</c>.</summary>
    BulkString,

    /// <summary><c>*</c>.</summary>
    Array,

    /// <summary><c>#</c>.</summary>
    Boolean,

    /// <summary><c>,</c>.</summary>
    Double,

    /// <summary><c>(</c>.</summary>
    BigNumber,

    /// <summary><c>!</c>.</summary>
    BlobError,

    /// <summary><c>=</c>.</summary>
    VerbatimString,

    /// <summary><c>%</c>; the items are key, value, key, value.</summary>
    Map,

    /// <summary><c>~</c>.</summary>
    Set,

    /// <summary><c>&gt;</c>: not the answer to a command.</summary>
    Push,

    /// <summary><c>|</c>: a map of remarks on the value that follows. It never stands alone, see <see cref="RespValue.Attributes"/>.</summary>
    Attribute,
}
