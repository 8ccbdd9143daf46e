// Ten digits and, where the answer may hold it, X or a point.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Layouts
import Controls

GridLayout {
    id: pad

    property string extra
    signal typed(string text)
    signal erased
    signal cleared
    signal done

    columns: 4
    columnSpacing: Theme.px(14)
    rowSpacing: Theme.px(14)
    uniformCellWidths: true
    uniformCellHeights: true

    component Key: KeyButton {
        objectName: "key-" + sends
        Layout.fillWidth: true
        Layout.fillHeight: true
        fontSize: Theme.px(56)
        onClicked: pad.typed(sends)
    }

    Key { text: "1" }
    Key { text: "2" }
    Key { text: "3" }
    KeyButton {
        objectName: "key-erase"
        Layout.fillWidth: true
        Layout.fillHeight: true
        tinted: true
        iconName: "backspace"
        fontSize: Theme.px(56)
        text: qsTr("删除")
        onClicked: pad.erased()
    }
    Key { text: "4" }
    Key { text: "5" }
    Key { text: "6" }
    KeyButton {
        objectName: "key-clear"
        Layout.fillWidth: true
        Layout.fillHeight: true
        tinted: true
        fontSize: Theme.lead
        text: qsTr("清空")
        onClicked: pad.cleared()
    }
    Key { text: "7" }
    Key { text: "8" }
    Key { text: "9" }
    KeyButton {
        objectName: "key-done"
        Layout.fillWidth: true
        Layout.fillHeight: true
        Layout.rowSpan: 2
        tinted: true
        fontSize: Theme.lead
        text: qsTr("下一项")
        onClicked: pad.done()
    }
    Key {
        visible: pad.extra !== ""
        text: pad.extra
    }
    Key {
        Layout.columnSpan: pad.extra !== "" ? 2 : 3
        text: "0"
    }
}
